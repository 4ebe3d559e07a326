import i18next from 'i18next'
import { codecName } from '../lib/format/codec-name.ts'

/** What a media element has decoded since it began. `null`: this browser does not count it. */
export interface DecodeProbe {
  /** Media time that has played, in ms. */
  readonly playedMs: number
  readonly isVisible: boolean
  readonly videoWidth: number
  readonly framesDecoded: number | null
  readonly audioBytesDecoded: number | null
  readonly isAudioExpected: boolean
}

/** Chromium plays AC-3, E-AC-3 and DTS silently and HEVC without picture, with no error event; counters are the only sign. */
export type DecodeVerdict = 'too-early' | 'fine' | 'no-picture' | 'no-sound'

/** How much must have played before silence means something. */
export const probeAfterMs = 1500

/** Judges what was decoded. Hidden pages decode no frames, so they are never judged. */
export function judgeDecoding(probe: DecodeProbe): DecodeVerdict {
  if (!probe.isVisible || probe.playedMs < probeAfterMs) return 'too-early'
  if (probe.videoWidth === 0 || probe.framesDecoded === 0) return 'no-picture'
  if (probe.isAudioExpected && probe.audioBytesDecoded === 0) return 'no-sound'
  return 'fine'
}

/** `This computer cannot play DTS sound.` */
export function cannotPlaySentence(verdict: 'no-picture' | 'no-sound', codec: string | null): string {
  if (codec === null) return i18next.t(`player.cannotDecode.${verdict}-unknown`)
  return i18next.t(`player.cannotDecode.${verdict}`, { codec: codecName(codec) })
}
