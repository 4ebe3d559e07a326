import type { PlayerState } from '../../../src-preload/contract/index.ts'

/** What the server was told last. */
export interface SentTimeline {
  readonly state: PlayerState
  readonly positionMs: number
  /** Monotonic. */
  readonly sentAt: number
}

/** Plex's own clients tell it this often; its dashboard drops players that do not. */
const everyMs = 10_000
/** A jump of more than this is a seek. */
const seekMs = 3_000

/** Whether a report of the player is to be told to the server: at every change of state, at seeks, and every 10 s of playing. */
export function isTimelineDue(
  last: SentTimeline | null,
  state: PlayerState,
  positionMs: number,
  nowMs: number,
): boolean {
  if (last === null || last.state !== state) return true
  const elapsedMs = nowMs - last.sentAt
  const expectedMs = last.positionMs + (state === 'playing' ? elapsedMs : 0)
  if (Math.abs(positionMs - expectedMs) > seekMs) return true
  return state !== 'stopped' && state !== 'paused' && elapsedMs >= everyMs
}

/** Positions go to disk this often while playing, and at every change of state. */
const keepEveryMs = 5_000

export const isKeepingDue = (lastKeptAt: number | null, hasStateChanged: boolean, nowMs: number): boolean =>
  lastKeptAt === null || hasStateChanged || nowMs - lastKeptAt >= keepEveryMs
