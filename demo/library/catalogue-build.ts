import type {
  AudioTrack,
  CataloguePart,
  CatalogueVersion,
  Chapter,
  SubtitleTrack,
} from './catalogue-types.ts'

/** Raise this when a change makes other media bytes: folders are made anew and change stamps move on. */
export const RECIPE_VERSION = 1

const FIRST_CHANGE_STAMP = 1_767_000_000

/** The parts of a file's description that differ from film to film. */
export interface FileRecipe {
  readonly name: string
  readonly filmCode: number
  readonly seconds: number
  readonly container?: 'mp4' | 'mkv'
  readonly size?: readonly [width: number, height: number]
  readonly videoCodec?: 'h264' | 'hevc'
  readonly framesPerSecond?: number
  readonly videoKbps?: number
  readonly audio?: readonly AudioTrack[]
  readonly subtitles?: readonly SubtitleTrack[]
  readonly chapters?: readonly Chapter[]
  readonly sceneOffsetS?: number
}

/** Versions with ids derived from the ratingKey alone, the same on every machine and after every restart. */
export function versionsOf(ratingKey: number, folder: string, versions: readonly (readonly FileRecipe[])[]) {
  return versions.map((recipes, versionIndex): CatalogueVersion => {
    const mediaId = ratingKey * 10 + versionIndex + 1
    return {
      mediaId,
      parts: recipes.map((recipe, partIndex) => partOf(recipe, mediaId * 10 + partIndex + 1, folder)),
    }
  })
}

function partOf(recipe: FileRecipe, partId: number, folder: string): CataloguePart {
  const container = recipe.container ?? 'mkv'
  const fileName = `${recipe.name}.${container}`
  const [width, height] = recipe.size ?? [1920, 1080]
  return {
    partId,
    changeStamp: FIRST_CHANGE_STAMP + RECIPE_VERSION * 100_000 + partId,
    fileName,
    serverPath: `/srv/media/${folder}/${fileName}`,
    container,
    durationMs: recipe.seconds * 1000,
    videoCodec: recipe.videoCodec ?? 'h264',
    width,
    height,
    framesPerSecond: recipe.framesPerSecond ?? 24,
    videoKbps: recipe.videoKbps ?? null,
    audio: recipe.audio ?? [track('aac', 'eng')],
    subtitles: recipe.subtitles ?? [],
    chapters: recipe.chapters ?? [],
    filmCode: recipe.filmCode,
    sceneOffsetS: recipe.sceneOffsetS ?? 0,
  }
}

/** A sound track; without more said, the default one, in stereo. */
export function track(
  codec: AudioTrack['codec'],
  languageCode: string,
  more: Partial<Omit<AudioTrack, 'codec' | 'languageCode'>> = {},
): AudioTrack {
  return { codec, languageCode, channels: 2, isDefault: true, toneHz: 220, ...more }
}

/** Chapters that follow one another to the end of the film. */
export function chaptersOf(
  totalSeconds: number,
  starts: readonly (readonly [startS: number, title: string])[],
) {
  return starts.map(([startS, title], index): Chapter => ({
    title,
    startMs: startS * 1000,
    endMs: (starts[index + 1]?.[0] ?? totalSeconds) * 1000,
  }))
}

/** The stream ids of a part: video, then sound, then subtitles, counted from one. */
export function streamIdOf(partId: number, position: number): number {
  return partId * 10 + position + 1
}
