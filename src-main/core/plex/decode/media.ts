import { z } from 'zod'
import type { PlexMedia, PlexPart, PlexStream } from '../model.ts'
import { count, filledText, flag, id, list, number, text } from './tolerant.ts'

const kinds: Readonly<Record<number, PlexStream['kind']>> = { 1: 'video', 2: 'audio', 3: 'subtitle' }

const stream = z
  .object({
    id,
    streamType: number,
    codec: text,
    index: count,
    default: flag,
    selected: flag,
    language: filledText,
    languageTag: filledText,
    displayTitle: filledText,
    extendedDisplayTitle: filledText,
    channels: count,
    bitrate: count,
    width: count,
    height: count,
    frameRate: number,
    bitDepth: count,
    key: filledText,
  })
  .transform((row, context): PlexStream => {
    const kind = kinds[row.streamType ?? 0]
    if (kind === undefined) {
      context.addIssue({ code: 'custom', message: 'a kind of stream nobody plays' })
      return z.NEVER
    }
    return {
      id: row.id,
      kind,
      codec: row.codec ?? '',
      index: row.index,
      isDefault: row.default,
      isSelected: row.selected,
      language: row.language,
      languageTag: row.languageTag,
      displayTitle: row.displayTitle ?? row.extendedDisplayTitle,
      channels: row.channels,
      bitrateKbps: row.bitrate,
      width: row.width,
      height: row.height,
      frameRate: row.frameRate,
      bitDepth: row.bitDepth,
      key: row.key,
    }
  })

/** A part without a key cannot be fetched: it is none. */
const part = z
  .object({
    id,
    key: id,
    duration: count,
    size: count,
    container: filledText,
    indexes: filledText,
    Stream: list(stream),
  })
  .transform((row): PlexPart => ({
    id: row.id,
    key: row.key,
    durationMs: row.duration,
    sizeBytes: row.size,
    container: row.container,
    ...thumbnailsOf(row.indexes),
    streams: row.Stream,
  }))

/** The finer of the indexes that a part has. */
function thumbnailsOf(indexes: string | null): Pick<PlexPart, 'thumbnails'> {
  const names = indexes?.split(',').map((name) => name.trim()) ?? []
  const name = ['hd', 'sd'].find((each) => names.includes(each))
  return name === undefined ? {} : { thumbnails: name }
}

/** One `Media[]` row: a version. */
export const media = z
  .object({
    id,
    duration: count,
    bitrate: count,
    width: count,
    height: count,
    videoResolution: filledText,
    videoCodec: filledText,
    audioCodec: filledText,
    audioChannels: count,
    container: filledText,
    title: filledText,
    Part: list(part),
  })
  .transform((row): PlexMedia => ({
    id: row.id,
    durationMs: row.duration,
    bitrateKbps: row.bitrate,
    width: row.width,
    height: row.height,
    // `SD` and `720p` occur besides `sd` and `720`.
    videoResolution: row.videoResolution?.toLowerCase().replace(/^(\d+)p$/, '$1') ?? null,
    videoCodec: row.videoCodec,
    audioCodec: row.audioCodec,
    audioChannels: row.audioChannels,
    container: row.container,
    title: row.title,
    parts: row.Part,
  }))
