import type { PlexRequest } from './http-transport.ts'
import { libraryIdentifier, metadataPath } from './plex-paths.ts'
import type { QueryParameters } from './query-text.ts'

/** What a player's state is reported with. Times are the item's, in ms. */
export interface TimelineReport {
  readonly ratingKey: string
  readonly state: 'playing' | 'paused' | 'buffering' | 'stopped'
  readonly timeMs: number
  readonly durationMs: number
  /** The playback's, so that the server connects this with its transcode. */
  readonly sessionIdentifier: string
  /** When it happened, epoch ms; set for what is told late. */
  readonly happenedAt?: number
}

/** `POST /:/timeline`, ready to send. */
export function timelineRequest(report: TimelineReport): PlexRequest {
  const durationMs = Math.max(0, Math.round(report.durationMs))
  const query: QueryParameters = [
    ['ratingKey', report.ratingKey],
    ['key', metadataPath(report.ratingKey)],
    ['identifier', libraryIdentifier],
    ['state', report.state],
    // A time beyond the duration is answered 400.
    ['time', Math.min(Math.max(0, Math.round(report.timeMs)), durationMs)],
    ['duration', durationMs],
    ['hasMDE', 1],
    ...(report.happenedAt === undefined
      ? []
      : ([
          ['offline', 1],
          // Without it, "stopped" would end what this client is playing now.
          ['continuing', 1],
          ['updated', Math.floor(report.happenedAt / 1000)],
        ] as const)),
  ]
  return {
    method: 'POST',
    path: '/:/timeline',
    query,
    headers: { 'X-Plex-Session-Identifier': report.sessionIdentifier },
  }
}
