import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
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
  /** Files that must be finished first. */
  readonly needs?: readonly string[]
  make(outputPath: string, manifest: MediaManifest, signal?: AbortSignal): Promise<void>
}

/** The smallest machine this must run on has two cores, and one ffmpeg alone leaves half a core idle. */
const CONCURRENT_FILMS = 2

/** Makes what is missing or out of date in the folder, telling each finished file; safe to call from several processes. */
export async function makeMedia(
  catalogue: Catalogue,
  folder: string,
  onProgress: (line: string) => void,
  signal?: AbortSignal,
): Promise<MediaManifest> {
  const lanes = [
    { tasks: [...textTasks(catalogue), ...pictureTasks(catalogue, paintPicture)], workers: 1 },
    { tasks: filmTasks(catalogue), workers: CONCURRENT_FILMS },
  ]
  const complete = await MediaManifest.open(folder)
  const tasks = lanes.flatMap((lane) => lane.tasks)
  if (tasks.every((task) => complete.has(task.fileName, hashOf(task)))) return complete
  onProgress(`Making demo media in ${folder}: once, some minutes.`)
  await using _lock = await lockFolder(folder, signal)
  await removeLeftovers(folder)
  const failed = new AbortController()
  const making: Making = {
    manifest: await MediaManifest.open(folder),
    finished: new Map(tasks.map(({ fileName }) => [fileName, Promise.withResolvers<void>()])),
    onProgress,
    signal: signal ? AbortSignal.any([signal, failed.signal]) : failed.signal,
  }
  await Promise.allSettled(
    lanes.flatMap((lane) => {
      const waiting = [...lane.tasks]
      return Array.from({ length: lane.workers }, () =>
        runTasks(waiting, making, (error) => failed.abort(error)),
      )
    }),
  )
  failed.signal.throwIfAborted() // with the first failure; the others follow from it
  return making.manifest
}

/** With the process's id after it: a killed maker's ffmpeg may still be writing to a file of its own. */
const TEMPORARY_PREFIX = 'tmp-'

async function removeLeftovers(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(TEMPORARY_PREFIX))
  await Promise.all(names.map((name) => rm(join(folder, name), { force: true })))
}

/** One run of making media: what its workers share. */
interface Making {
  readonly manifest: MediaManifest
  readonly finished: ReadonlyMap<string, PromiseWithResolvers<void>>
  readonly onProgress: (line: string) => void
  readonly signal: AbortSignal
}

/** Takes tasks from the front of the list until there are none. */
async function runTasks(
  waiting: MediaTask[],
  making: Making,
  onFailure: (error: unknown) => void,
): Promise<void> {
  try {
    for (let task = waiting.shift(); task; task = waiting.shift()) await runTask(task, making)
  } catch (error) {
    onFailure(error)
  }
}

async function runTask(task: MediaTask, making: Making): Promise<void> {
  const { manifest, finished, onProgress, signal } = making
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
  const ingredients = (task.needs ?? []).flatMap((name) => finished.get(name)?.promise ?? [])
  await Promise.race([Promise.all(ingredients), aborted])
  signal.throwIfAborted()
  if (!manifest.has(task.fileName, hashOf(task))) {
    const startedAt = performance.now()
    const temporaryPath = manifest.pathOf(`${TEMPORARY_PREFIX}${process.pid}-${task.fileName}`)
    try {
      await task.make(temporaryPath, manifest, signal)
      manifest.add(task.fileName, hashOf(task), temporaryPath)
    } finally {
      await rm(temporaryPath, { force: true })
    }
    onProgress(`made ${task.fileName} in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
  }
  finished.get(task.fileName)?.resolve()
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
      needs: ingredientsOf(part, item.artName),
      make: async (output, manifest, signal) => {
        const inputs = filmInputs(part, item.artName, (name) => manifest.pathOf(name))
        await runFfmpeg(filmArguments(part, inputs, output), undefined, signal)
      },
    }))
}

function ingredientsOf(part: CataloguePart, artName: string): string[] {
  const { artPath, subtitlePaths, chaptersPath } = filmInputs(part, artName, (name) => name)
  return [artPath, ...subtitlePaths, ...(chaptersPath ? [chaptersPath] : [])]
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
