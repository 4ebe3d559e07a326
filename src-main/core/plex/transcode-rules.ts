import type { SessionPurpose } from '../cache/upstream.ts'

/** Which of a source's two places for transcodes are taken, by one that is being opened or runs. */
export interface LanePlaces {
  readonly play: boolean
  readonly fill: boolean
}

export type Admission = 'busy' | { readonly end: readonly SessionPurpose[] }

/**
 * Who makes room for whom: watching goes before downloading, the newer of two of a kind before the older. What has to
 * make room has ended on the server before the next begins there.
 */
export function admitTranscode(places: LanePlaces, purpose: SessionPurpose): Admission {
  if (purpose === 'fill') {
    if (places.play) return 'busy'
    return { end: places.fill ? ['fill'] : [] }
  }
  return { end: [...(places.play ? ['play' as const] : []), ...(places.fill ? ['fill' as const] : [])] }
}

/** What a running transcode has to do with what plays from its source. */
export type TranscodeRelation =
  /** It is what the player shows. */
  | 'shown'
  /** Something plays, but another title or quality. */
  | 'other'
  /** Nothing plays. */
  | 'nothing'

/** Nobody has asked for a segment: what a script began and dropped. */
const abandonedMs = 60_000
/** After a change of quality the old transcode is of no use. */
const replacedMs = 10_000

/** What to do about a transcode now and then: keep it from being ended by the server, end it, or let it be. */
export function decideUpkeep(
  purpose: SessionPurpose,
  relation: TranscodeRelation,
  idleMs: number,
): 'ping' | 'stop' | 'leave' {
  // Paused for an hour is still open: only pings keep the server from ending it after minutes.
  if (purpose === 'play' && relation === 'shown') return 'ping'
  const limitMs = purpose === 'play' && relation === 'other' ? replacedMs : abandonedMs
  return idleMs >= limitMs ? 'stop' : 'leave'
}
