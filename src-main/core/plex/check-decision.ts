import { SpoolError } from '../spool-error.ts'
import type { PlexDecision } from './decode/decision.ts'

/** What the stored segments will claim to be. */
export interface ExpectedTranscode {
  readonly versionId: string
  readonly partId: string
  readonly audioStreamId: string | null
  readonly burnedSubtitleId: string | null
}

/** Not enough bandwidth, ended by the owner, downloads not allowed: the server could, and will not. */
const refusals: ReadonlySet<number> = new Set([2001, 2006, 2011])

/**
 * Throws unless the server is going to make exactly what the key says: `source-refused` or `unplayable` with the server's
 * own sentence, `unplayable` when it would copy instead of encode. `other-audio` when only the sound is another one's.
 */
export function checkDecision(decision: PlexDecision, expected: ExpectedTranscode): 'good' | 'other-audio' {
  if (decision.code >= 2000)
    throw new SpoolError(refusals.has(decision.code) ? 'source-refused' : 'unplayable', {
      detail: shorten(decision.text ?? `code ${decision.code}`),
    })
  const video = decision.streams.find((stream) => stream.kind === 'video')
  if (
    decision.partDecision !== 'transcode' ||
    video?.decision !== 'transcode' ||
    (decision.protocol ?? 'hls') !== 'hls'
  )
    throw new SpoolError('unplayable', { detail: 'the server would not convert the picture' })
  const isOther = (actual: string | null, wanted: string): boolean => actual !== null && actual !== wanted
  if (isOther(decision.versionId, expected.versionId) || isOther(decision.partId, expected.partId))
    throw new SpoolError('bad-reply', { detail: 'the server chose another version' })
  const burned = decision.streams.find((stream) => stream.kind === 'subtitle' && stream.decision === 'burn')
  if ((burned?.id ?? null) !== expected.burnedSubtitleId)
    throw new SpoolError('unplayable', {
      detail:
        expected.burnedSubtitleId === null
          ? 'the server insists on subtitles'
          : 'the server cannot draw these subtitles',
    })
  const sounds = decision.streams.filter((stream) => stream.kind === 'audio' && stream.decision !== 'ignore')
  const sound = sounds.find((stream) => stream.isSelected) ?? sounds[0]
  if (expected.audioStreamId === null || sound === undefined) return 'good'
  return sound.id === expected.audioStreamId ? 'good' : 'other-audio'
}

const shorten = (text: string): string => (text.length <= 200 ? text : `${text.slice(0, 199)}…`)
