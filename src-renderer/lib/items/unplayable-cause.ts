import type { MediaPart } from '../../../src-preload/contract/index.ts'
import { codecName } from '../format/codec-name.ts'

/** What of a file the browser engine cannot play. */
export interface UnplayableCause {
  readonly of: 'sound' | 'picture'
  readonly codec: string
}

/** Codecs that Chromium has no decoder for, as Plex writes them. */
const silentCodecs: ReadonlySet<string> = new Set(['ac3', 'eac3', 'dca', 'dts', 'truehd', 'mlp'])
const darkCodecs = /HEVC|MPEG-2|VC-1/i

/** Why a part's original cannot be played here; null when it cannot be told. `detail` is what its shelf says of it: `720p HEVC · 264 kbps`. */
export function unplayableCause(
  part: Pick<MediaPart, 'tracks'> | undefined,
  detail: string,
): UnplayableCause | null {
  const picture = darkCodecs.exec(detail)
  if (picture !== null) return { of: 'picture', codec: codecName(picture[0]) }
  const sounds = part?.tracks.filter(({ kind }) => kind === 'audio') ?? []
  const sound = sounds.find(({ isDefault }) => isDefault) ?? sounds[0]
  if (sound === undefined || !silentCodecs.has(sound.codec.toLowerCase())) return null
  return { of: 'sound', codec: codecName(sound.codec) }
}
