import { rm, writeFile } from 'node:fs/promises'
import { paintPicture } from '../art/paint.ts'
import { RECIPE_VERSION } from '../library/catalogue-build.ts'
import type { Catalogue, CataloguePart } from '../library/catalogue-types.ts'
import { partsOf } from '../library/catalogue.ts'
import { filmArguments } from './film-recipe.ts'
import { lockFolder, MediaManifest, recipeHash } from './media-folder.ts'
import { artFileName, pictureTasks } from './picture-tasks.ts'
import { FONTS, runFfmpeg } from './run-ffmpeg.ts'
import { chapterText, srtText } from './text-tracks.ts'

/** One file to make: what from (for the hash) and how. */
export interface MediaTask {
  readonly fileName: string
  readonly recipe: unknown
  make(outputPath: string, manifest: MediaManifest, signal?: AbortSignal): Promise<void>
}

/** Two: the smallest machine this must run on has two cores, and one ffmpeg alone leaves half a core idle. */
const CONCURRENT_TASKS = 2

/** Makes what is missing or out of date in the folder, telling each finished file; safe to call from several processes. */
export async function makeMedia(
  catalogue: Catalogue,
  folder: string,
  onProgress: (line: string) => void,
  signal?: AbortSignal,
): Promise<MediaManifest> {
  const stages = [textTasks(catalogue), pictureTasks(catalogue, paintPicture), filmTasks(catalogue)]
  const complete = await MediaManifest.open(folder)
  if (stages.flat().every((task) => complete.has(task.fileName, hashOf(task)))) return complete
  onProgress(`making demo media in ${folder} (once, about two minutes)`)
  await using _lock = await lockFolder(folder, signal)
  const manifest = await MediaManifest.open(folder)
  for (const stage of stages) {
    const missing = stage.filter((task) => !manifest.has(task.fileName, hashOf(task)))
    await runTasks(missing, manifest, onProgress, signal)
  }
  return manifest
}

async function runTasks(
  tasks: readonly MediaTask[],
  manifest: MediaManifest,
  onProgress: (line: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const waiting = [...tasks]
  const worker = async (): Promise<void> => {
    for (let task = waiting.shift(); task; task = waiting.shift()) {
      signal?.throwIfAborted()
      const startedAt = performance.now()
      const temporaryPath = manifest.pathOf(`tmp-${task.fileName}`)
      try {
        await task.make(temporaryPath, manifest, signal)
        manifest.add(task.fileName, hashOf(task), temporaryPath)
      } catch (error) {
        waiting.length = 0
        await rm(temporaryPath, { force: true })
        throw error
      }
      onProgress(`made ${task.fileName} in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
    }
  }
  await Promise.all(Array.from({ length: CONCURRENT_TASKS }, worker))
}

function hashOf(task: MediaTask): string {
  return recipeHash([RECIPE_VERSION, task.recipe])
}

/** Name of a subtitle's file: beside the film for an external one, only an ingredient for an embedded one. */
export function subtitleFileName(part: CataloguePart, subtitleIndex: number): string {
  const base = part.fileName.replace(/\.\w+$/, '')
  return `${base}.${part.subtitles[subtitleIndex]!.languageCode}.srt`
}

function textTasks(catalogue: Catalogue): MediaTask[] {
  return partsOf(catalogue).flatMap(({ part }) => [
    ...part.subtitles.map((subtitle, index) =>
      textTask(subtitleFileName(part, index), srtText(subtitle.languageCode, part.durationMs)),
    ),
    ...(part.chapters.length > 0 ? [textTask(`${part.fileName}.chapters`, chapterText(part.chapters))] : []),
  ])
}

function textTask(fileName: string, text: string): MediaTask {
  return { fileName, recipe: text, make: (output) => writeFile(output, text) }
}

/** The longest first, so that the last minutes keep both cores busy. */
function filmTasks(catalogue: Catalogue): MediaTask[] {
  const cost = (part: CataloguePart): number =>
    part.durationMs * part.framesPerSecond * part.width * part.height
  return partsOf(catalogue)
    .toSorted((one, other) => cost(other.part) - cost(one.part))
    .map(({ part, item }) => ({
      fileName: part.fileName,
      recipe: filmArguments(
        part,
        filmInputs(part, item.artName, (name) => name),
        'output',
      ),
      make: async (output, manifest, signal) => {
        const inputs = filmInputs(part, item.artName, (name) => manifest.pathOf(name))
        await runFfmpeg(filmArguments(part, inputs, output), undefined, signal)
      },
    }))
}

function filmInputs(part: CataloguePart, artName: string, pathOf: (fileName: string) => string) {
  const embedded = part.subtitles.flatMap((subtitle, index) =>
    subtitle.isExternal ? [] : [pathOf(subtitleFileName(part, index))],
  )
  return {
    artPath: pathOf(artFileName(artName)),
    subtitlePaths: embedded,
    chaptersPath: part.chapters.length > 0 ? pathOf(`${part.fileName}.chapters`) : null,
    font: FONTS.monoBold,
  }
}
