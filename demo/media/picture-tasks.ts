import { writeFile } from 'node:fs/promises'
import type { Catalogue, CatalogueCommon } from '../library/catalogue-types.ts'
import type { MediaTask } from './make-media.ts'
import { titleFilter } from './poster-title.ts'
import { FONTS, runFfmpeg } from './run-ffmpeg.ts'

/** Paints a picture as rows of RGB bytes. */
export type PaintPicture = (artName: string, width: number, height: number) => Uint8Array

const POSTER = { width: 600, height: 900 }
const ART = { width: 1280, height: 720 }

/** Bump to have all pictures painted again. */
const PAINT_VERSION = 1

/** File of a title's wide picture, which has no text. */
export function artFileName(artName: string): string {
  return `${artName}.art.jpg`
}

/** File of a title's tall picture with its name on it. */
export function posterFileName({ artName, posterName = artName }: PosterNames): string {
  return `${posterName}.poster.jpg`
}

type PosterNames = Pick<CatalogueCommon, 'artName' | 'posterName'>

/** Posters and art of every title; the art first, because films are made from it. */
export function pictureTasks(catalogue: Catalogue, paint: PaintPicture): MediaTask[] {
  const titles = titledArt(catalogue)
  const artNames = new Set(titles.map(({ artName }) => artName))
  return [
    ...[...artNames].map((artName) => pictureTask(artFileName(artName), artName, ART, 'null', paint)),
    ...titles.map((item) =>
      pictureTask(
        posterFileName(item),
        item.artName,
        POSTER,
        titleFilter(item.title, item.tagline, FONTS.sansBold),
        paint,
      ),
    ),
  ]
}

function titledArt(catalogue: Catalogue): (PosterNames & { title: string; tagline: string })[] {
  const shows = catalogue.shows.flatMap((show) => [
    show,
    ...show.seasons.map((season) => ({ artName: season.artName, title: show.title, tagline: season.title })),
  ])
  return [...catalogue.movies, ...shows]
}

function pictureTask(
  fileName: string,
  artName: string,
  size: { width: number; height: number },
  filter: string,
  paint: PaintPicture,
): MediaTask {
  return {
    fileName,
    recipe: [PAINT_VERSION, artName, size, filter],
    make: async (output, _manifest, signal) => {
      const { width, height } = size
      const format = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-video_size', `${width}x${height}`]
      const pixels = paint(artName, width, height)
      const jpeg = await runFfmpeg(
        [...format, '-i', 'pipe:0', '-vf', filter, '-frames:v', '1', '-q:v', '2', '-f', 'mjpeg', 'pipe:1'],
        pixels,
        signal,
      )
      await writeFile(output, jpeg)
    },
  }
}
