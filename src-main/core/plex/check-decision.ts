import { SpoolError } from '../spool-error.ts'
import type { PlexDecision } from './decode/decision.ts'
import { isErrorCode, refusalOfCode } from './refusal.ts'

/** What the stored segments will claim to be. */
export interface ExpectedTranscode {
  readonly versionId: string
  readonly partId: string
  readonly audioStreamId: string | null
  readonly burnedSubtitleId: string | null
  /** The largest picture that the rung means for this film; null when the film's own size is not known. */
  readonly picture: { readonly width: number; readonly height: number } | null
  readonly bitrateKbps: number
  /** How it is delivered; `hls` when not said. */
  readonly protocol?: string
}

/** Encoders round sizes to even numbers or to blocks. */
const sizeTolerance = 16
const leastOfSize = 0.9
/** The bitrate is a ceiling; what is far above it is another quality, or a copy. */
const mostOfBitrate = 1.25

/** What the page's player decodes, of what servers were seen to convert to. */
const playablePictures: ReadonlySet<string> = new Set(['h264'])
const playableSounds: ReadonlySet<string> = new Set(['aac', 'mp3', 'opus', 'flac'])

/**
 * Throws unless the server is going to make exactly what the key says: `over-limit`, `not-allowed`, `ended-by-server` or `unplayable` with
 * the server's own sentence, `unplayable` when it would copy, or make another picture or sound than the key's. `other-audio` when only the
 * track is another one.
 */
export function checkDecision(decision: PlexDecision, expected: ExpectedTranscode): 'good' | 'other-audio' {
  if (isErrorCode(decision.code)) throw refusalOfCode(decision.code, decision.text, decision.availableKbps)
  const video = decision.streams.find((stream) => stream.kind === 'video')
  if (
    decision.partDecision !== 'transcode' ||
    video?.decision !== 'transcode' ||
    (decision.protocol ?? expected.protocol ?? 'hls') !== (expected.protocol ?? 'hls')
  )
    throw mismatch('the server would not convert the picture')
  const isOther = (actual: string | null, wanted: string): boolean => actual !== null && actual !== wanted
  if (isOther(decision.versionId, expected.versionId) || isOther(decision.partId, expected.partId))
    throw new SpoolError('bad-reply', { detail: 'the server chose another version' })
  if (video.codec !== null && !playablePictures.has(video.codec))
    throw mismatch(`the server would make ${video.codec} pictures`)
  checkSize(decision, expected)
  const burned = decision.streams.find((stream) => stream.kind === 'subtitle' && stream.decision === 'burn')
  if ((burned?.id ?? null) !== expected.burnedSubtitleId)
    throw mismatch(
      expected.burnedSubtitleId === null
        ? 'the server insists on subtitles'
        : 'the server cannot draw these subtitles',
    )
  return checkSound(decision, expected)
}

/** A server set to a lower limit makes a smaller picture than it was asked for, and says so here only. */
function checkSize({ width, height, bitrateKbps }: PlexDecision, expected: ExpectedTranscode): void {
  const { picture } = expected
  if (picture !== null && width !== null && height !== null) {
    const isLarger = width > picture.width + sizeTolerance || height > picture.height + sizeTolerance
    // In both directions: films with pixels that are not square come out wider or lower than their size says.
    const isSmaller = width < picture.width * leastOfSize && height < picture.height * leastOfSize
    if (isLarger || isSmaller)
      throw mismatch(`the server makes ${width} × ${height} of it, not ${picture.width} × ${picture.height}`)
  }
  if (bitrateKbps !== null && bitrateKbps > expected.bitrateKbps * mostOfBitrate)
    throw mismatch(`the server would send ${bitrateKbps} kbps`)
}

function checkSound({ streams }: PlexDecision, expected: ExpectedTranscode): 'good' | 'other-audio' {
  const sounds = streams.filter(
    ({ kind, decision }) =>
      kind === 'audio' && decision !== 'ignore' && decision !== 'none' && decision !== 'unavailable',
  )
  const sound = sounds.find((stream) => stream.isSelected) ?? sounds[0]
  if (sound?.codec != null && !playableSounds.has(sound.codec))
    throw mismatch(`the server would make ${sound.codec} sound`)
  if (expected.audioStreamId === null) return 'good'
  if (sound === undefined) throw mismatch('the server leaves the sound out')
  return sound.id === expected.audioStreamId ? 'good' : 'other-audio'
}

const mismatch = (detail: string): SpoolError => new SpoolError('unplayable', { detail })

/** Throws when the server will not send the file as it is: `over-limit`, `not-allowed`, `ended-by-server`, `unplayable`. */
export function checkDirectPlay(decision: PlexDecision): void {
  const { code, text, directPlay, availableKbps } = decision
  if (directPlay !== null && directPlay.code >= 3000) {
    // Beside it, the general code speaks of converting instead.
    throw refusalOfCode(directPlay.code, directPlay.text, availableKbps)
  }
  if (isErrorCode(code)) throw refusalOfCode(code, text, availableKbps)
}
