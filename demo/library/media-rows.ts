import type { ReplyObject } from '../http/containers.ts'
import type { SelectedTracks } from '../state/stream-selection.ts'
import { streamIdOf } from './catalogue-build.ts'
import type { AudioTrack, CataloguePart, CatalogueVersion, SubtitleTrack } from './catalogue-types.ts'
import { LANGUAGES } from './languages.ts'

/** What rows need to know that the catalogue does not say. */
export interface PartFacts {
  sizeBytesOf(part: CataloguePart): number
  selectedTracksOf(part: CataloguePart): SelectedTracks
}

/** A part's address on the server. */
export function partKey(part: CataloguePart): string {
  return `/library/parts/${part.partId}/${part.changeStamp}/file.${part.container}`
}

/** Seek-bar thumbnails are made of full-size films only, so that clients meet files without. */
export const hasThumbnails = (part: CataloguePart): boolean => part.height >= 1080

/** Bitrate of a whole file in kbps. */
export function fileKbps(part: CataloguePart, sizeBytes: number): number {
  return Math.round((sizeBytes * 8) / part.durationMs)
}

/** `videoResolution` as the server names it. */
export function resolutionName(width: number, height: number): string {
  if (width > 1920 || height > 1088) return '4k'
  return (
    [1080, 720, 576, 480].find((name) => height > name * 0.8 || width > (name * 16 * 0.8) / 9)?.toString() ??
    'sd'
  )
}

/** A row of `Media[]`; streams only where the server gives them, on single items. */
export function mediaRow(version: CatalogueVersion, facts: PartFacts, withStreams: boolean): ReplyObject {
  const first = version.parts[0]!
  const audio = first.audio[0]
  const durationMs = version.parts.reduce((sum, part) => sum + part.durationMs, 0)
  const sizeBytes = version.parts.reduce((sum, part) => sum + facts.sizeBytesOf(part), 0)
  return {
    id: version.mediaId,
    duration: durationMs,
    bitrate: Math.round((sizeBytes * 8) / durationMs),
    width: first.width,
    height: first.height,
    aspectRatio: 1.78,
    audioChannels: audio?.channels,
    audioCodec: audio?.codec,
    videoCodec: first.videoCodec,
    videoResolution: resolutionName(first.width, first.height),
    container: first.container,
    videoFrameRate: frameRateName(first.framesPerSecond),
    ...(first.container === 'mp4' ? { optimizedForStreaming: 1, has64bitOffsets: false } : {}),
    ...(audio?.codec === 'aac' ? { audioProfile: 'lc' } : {}),
    videoProfile: videoProfile(first),
    Part: version.parts.map((part) => partRow(part, facts, withStreams)),
  }
}

function partRow(part: CataloguePart, facts: PartFacts, withStreams: boolean): ReplyObject {
  return {
    id: part.partId,
    key: partKey(part),
    duration: part.durationMs,
    file: part.serverPath,
    size: facts.sizeBytesOf(part),
    ...(part.audio[0]?.codec === 'aac' ? { audioProfile: 'lc' } : {}),
    container: part.container,
    ...(hasThumbnails(part) ? { indexes: 'sd' } : {}),
    ...(part.container === 'mp4' ? { has64bitOffsets: false, optimizedForStreaming: true } : {}),
    videoProfile: videoProfile(part),
    ...(withStreams ? { Stream: streamRows(part, facts) } : {}),
  }
}

/** All streams of a part: video, sound, subtitles. */
export function streamRows(part: CataloguePart, facts: PartFacts): ReplyObject[] {
  const selected = facts.selectedTracksOf(part)
  const firstSubtitle = 1 + part.audio.length
  const embeddedBefore = (index: number): number =>
    part.subtitles.slice(0, index).filter((subtitle) => !subtitle.isExternal).length
  return [
    videoStreamRow(part, facts),
    ...part.audio.map((audio, index) => audioStreamRow(part, audio, index, selected.audio === index)),
    ...part.subtitles.map((subtitle, index) => ({
      id: streamIdOf(part.partId, firstSubtitle + index),
      ...subtitleStreamRow(part, subtitle, index, firstSubtitle + embeddedBefore(index)),
      ...(selected.subtitle === index ? { selected: true } : {}),
    })),
  ]
}

function videoStreamRow(part: CataloguePart, facts: PartFacts): ReplyObject {
  const codecName = part.videoCodec === 'hevc' ? 'HEVC Main' : 'H.264'
  const resolution = resolutionName(part.width, part.height)
  const displayTitle = `${resolution === '4k' ? '4K' : `${resolution}p`} (${codecName})`
  return {
    id: streamIdOf(part.partId, 0),
    streamType: 1,
    default: true,
    codec: part.videoCodec,
    index: 0,
    bitrate: Math.max(1, fileKbps(part, facts.sizeBytesOf(part)) - part.audio.length * 128),
    bitDepth: 8,
    chromaLocation: 'left',
    chromaSubsampling: '4:2:0',
    codedHeight: Math.ceil(part.height / 16) * 16,
    codedWidth: Math.ceil(part.width / 16) * 16,
    colorRange: 'tv',
    frameRate: part.framesPerSecond,
    hasScalingMatrix: false,
    height: part.height,
    level: part.width > 1920 ? 51 : 40,
    profile: videoProfile(part),
    refFrames: 1,
    scanType: 'progressive',
    width: part.width,
    displayTitle,
    extendedDisplayTitle: displayTitle,
  }
}

const AUDIO_NAMES: Record<AudioTrack['codec'], string> = { aac: 'AAC', ac3: 'AC3', eac3: 'EAC3', dca: 'DTS' }

function audioStreamRow(
  part: CataloguePart,
  audio: AudioTrack,
  index: number,
  isSelected: boolean,
): ReplyObject {
  const { name, tag } = LANGUAGES[audio.languageCode]!
  const displayTitle = `${name} (${AUDIO_NAMES[audio.codec]} ${audio.channels === 6 ? '5.1' : 'Stereo'})`
  return {
    id: streamIdOf(part.partId, 1 + index),
    streamType: 2,
    ...(isSelected ? { selected: true } : {}),
    ...(audio.isDefault ? { default: true } : {}),
    codec: audio.codec,
    index: 1 + index,
    channels: audio.channels,
    bitrate: audio.codec === 'dca' ? 768 : audio.channels === 6 ? 384 : 128,
    language: name,
    languageTag: tag,
    languageCode: audio.languageCode,
    audioChannelLayout: audio.channels === 6 ? '5.1(side)' : 'stereo',
    ...(audio.codec === 'aac' ? { profile: 'lc' } : {}),
    samplingRate: 48_000,
    ...(audio.title ? { title: audio.title } : {}),
    displayTitle,
    extendedDisplayTitle: audio.title ? `${audio.title} (${displayTitle})` : displayTitle,
  }
}

/** External subtitles have an address, embedded ones a position in the file. */
function subtitleStreamRow(
  part: CataloguePart,
  subtitle: SubtitleTrack,
  position: number,
  index: number,
): ReplyObject {
  const { name, tag } = LANGUAGES[subtitle.languageCode]!
  const id = streamIdOf(part.partId, 1 + part.audio.length + position)
  const displayTitle = `${name} (SRT${subtitle.isExternal ? ' External' : ''})`
  return {
    streamType: 3,
    codec: 'srt',
    ...(subtitle.isExternal ? { key: `/library/streams/${id}`, format: 'srt' } : { index }),
    ...(subtitle.isForced ? { forced: true } : {}),
    language: name,
    languageTag: tag,
    languageCode: subtitle.languageCode,
    ...(subtitle.title ? { title: subtitle.title } : {}),
    displayTitle,
    extendedDisplayTitle: displayTitle,
  }
}

function frameRateName(framesPerSecond: number): string {
  return framesPerSecond === 25 ? 'PAL' : framesPerSecond === 30 ? 'NTSC' : `${framesPerSecond}p`
}

function videoProfile(part: CataloguePart): string {
  return part.videoCodec === 'hevc' ? 'main' : 'constrained baseline'
}
