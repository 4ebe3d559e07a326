import type { PlayerCapabilities, Undecodable } from '../../../src-preload/contract/index.ts'

/** What a player plays, and what was found out about single files by playing them. */
export interface Capabilities extends PlayerCapabilities {
  /** Files whose Original showed or sounded nothing, by `fileName`. */
  readonly undecodable: ReadonlyMap<string, Undecodable>
}

/** Names a file among those that were found out. */
export const fileName = (sourceId: string, mediaId: string): string => `${sourceId}\n${mediaId}`

/** Larger than any film: a decoder in software has no limit of its own. */
const anySize = { width: 16_384, height: 16_384 }

/**
 * Chromium without hardware help, measured in 156 (electron.md B.9): AC-3, E-AC-3 and DTS play silent, HEVC plays without picture, both
 * without any error. Holds where no page has said what its own engine plays: for scripts, whose player is not known.
 */
export const chromiumCapabilities: Capabilities = {
  containers: ['mp4', 'm4v', 'mov', 'mkv', 'webm'],
  video: [
    { codec: 'h264', bitDepth: 8, ...anySize },
    { codec: 'vp8', bitDepth: 8, ...anySize },
    { codec: 'vp9', bitDepth: 10, ...anySize },
    { codec: 'av1', bitDepth: 10, ...anySize },
  ],
  audio: ['aac', 'mp3', 'opus', 'flac', 'vorbis', 'pcm'],
  playsRungs: true,
  undecodable: new Map(),
}

/** Takes what failed in practice out of what an engine promised. A codec that never fails in Chromium is not to blame: its file is. */
export function withoutCodec(
  capabilities: PlayerCapabilities,
  failed:
    | { readonly missing: 'picture'; readonly codec: string; readonly bitDepth: number }
    | { readonly missing: 'sound'; readonly codec: string },
): PlayerCapabilities {
  if (failed.missing === 'sound')
    return chromiumCapabilities.audio.includes(soundFamily(failed.codec))
      ? capabilities
      : { ...capabilities, audio: capabilities.audio.filter((codec) => codec !== soundFamily(failed.codec)) }
  const { codec, bitDepth } = failed
  const isDependable = chromiumCapabilities.video.some(
    (known) => known.codec === codec && known.bitDepth >= bitDepth,
  )
  if (isDependable) return capabilities
  const video = capabilities.video.filter((one) => one.codec !== codec || one.bitDepth < bitDepth)
  return { ...capabilities, video }
}

/** Plex writes `pcm_s16le` and `dca-ma`; decoders know the family. */
export function soundFamily(codec: string): string {
  if (codec.startsWith('pcm')) return 'pcm'
  if (codec.startsWith('dca') || codec.startsWith('dts')) return 'dca'
  return codec
}
