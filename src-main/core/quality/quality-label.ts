import type { PlexMedia, PlexPart } from '../plex/model.ts'
import { parseQuality } from './quality-name.ts'

const codecNames: Readonly<Record<string, string>> = {
  h264: 'H.264',
  hevc: 'HEVC',
  av1: 'AV1',
  vp8: 'VP8',
  vp9: 'VP9',
  mpeg2video: 'MPEG-2',
  mpeg4: 'MPEG-4',
  vc1: 'VC-1',
  aac: 'AAC',
  ac3: 'AC-3',
  eac3: 'E-AC-3',
  dca: 'DTS',
  'dca-ma': 'DTS-HD',
  dts: 'DTS',
  truehd: 'TrueHD',
  flac: 'FLAC',
  mp3: 'MP3',
  opus: 'Opus',
  vorbis: 'Vorbis',
}

const containerNames: Readonly<Record<string, string>> = {
  mpegts: 'MPEG-TS',
  mpeg: 'MPEG-PS',
  asf: 'Windows Media',
  wmv: 'Windows Media',
  flv: 'Flash Video',
}

/** `AVI`, `MPEG-TS`; of several names for one thing the first. */
export const containerName = (container: string): string => {
  const first = container.split(',')[0] ?? container
  return containerNames[first] ?? first.toUpperCase()
}

export const codecName = (codec: string): string => codecNames[codec] ?? codec.toUpperCase()

/** `12.4 Mbps`, `4 Mbps`, `720 kbps`. */
export function bitrateLabel(bitrateKbps: number): string {
  if (bitrateKbps < 1000) return `${Math.round(bitrateKbps)} kbps`
  return `${Number((bitrateKbps / 1000).toFixed(1))} Mbps`
}

/** `4K`, `1080p`, `SD`; from the height when the server names none. */
export function resolutionLabel(media: Pick<PlexMedia, 'videoResolution' | 'height'>): string | null {
  const name = media.videoResolution?.toLowerCase().replace(/p$/, '') ?? null
  if (name === null) return media.height === null ? null : `${media.height}p`
  if (name === '4k' || name === '8k' || name === 'sd') return name.toUpperCase()
  return /^\d+$/.test(name) ? `${name}p` : name
}

/** `1080p H.264 · 12.4 Mbps`: what the file of a version is. */
export function mediaLabel(media: PlexMedia): string {
  const picture = [resolutionLabel(media), media.videoCodec === null ? null : codecName(media.videoCodec)]
    .filter((word) => word !== null)
    .join(' ')
  const rate = media.bitrateKbps === null ? '' : bitrateLabel(media.bitrateKbps)
  return [picture, rate].filter((text) => text !== '').join(' · ') || 'Unknown format'
}

/** `Original`, `720p · 4 Mbps`, `720p · 4 Mbps · German (AAC Stereo)`. `part` names the tracks; without it they have numbers. */
export function qualityLabel(quality: string, part: PlexPart | null = null): string {
  const parsed = parseQuality(quality)
  if (!parsed) return quality
  if (parsed.rung === null) return 'Original'
  const words = [`${parsed.rung.height}p`, bitrateLabel(parsed.rung.bitrateKbps)]
  const trackName = (id: string): string | null =>
    part?.streams.find((stream) => stream.id === id)?.displayTitle ?? null
  if (parsed.audioStreamId !== null)
    words.push(trackName(parsed.audioStreamId) ?? `audio ${parsed.audioStreamId}`)
  if (parsed.burnedSubtitleId !== null)
    words.push(`subtitles ${trackName(parsed.burnedSubtitleId) ?? parsed.burnedSubtitleId}`)
  return words.join(' · ')
}
