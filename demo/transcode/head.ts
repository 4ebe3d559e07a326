/** The encoder's position in a session's segments: one head, which writes forward from where it was started. */
export interface Head {
  /** Where this run began. */
  readonly firstSegment: number
  /** The oldest segment still on disk. */
  readonly oldestSegment: number
  /** The segment being written; all between the oldest and this one can be served. */
  readonly nextSegment: number
}

/** A request this far ahead of the head moves the head; a nearer one waits for it (measured on real servers). */
export const FAR_SEGMENTS = 10
/** Segments further behind the head than this are deleted (`TranscoderPruneBuffer`). */
export const PRUNE_BEHIND_S = 300
/** The encoder rests when this far ahead of the player (`TranscoderThrottleBuffer`). */
export const THROTTLE_AHEAD_S = 60

/** What to do about a request for a segment. */
export type SegmentAnswer = 'serve' | 'wait' | 'restart' | 'missing'

/** Decides on a segment request; `head` is null while no encoder has run. */
export function answerSegment(index: number, segmentCount: number, head: Head | null): SegmentAnswer {
  if (index < 0 || index >= segmentCount) return 'missing'
  if (head === null || index < head.oldestSegment) return 'restart'
  if (index < head.nextSegment) return 'serve'
  return index - head.nextSegment > FAR_SEGMENTS ? 'restart' : 'wait'
}

/** What the throttle looks at. */
export interface Demand {
  readonly segmentSeconds: number
  /** Start of the last segment that a client asked for. */
  readonly fetchedS: number
  /** The last position that a timeline reported; the session's start until one did. */
  readonly timelineS: number
  /** The highest segment that a request waits for. */
  readonly awaitedSegment: number | null
}

/**
 * Whether the encoder should run: about a minute ahead of the lesser of what was fetched and what was played, so that
 * fetching alone does not drive it, nor does a frozen player. A segment that somebody waits for is always made.
 */
export function shouldEncode(nextSegment: number, demand: Demand): boolean {
  if (demand.awaitedSegment !== null && demand.awaitedSegment >= nextSegment) return true
  const limitS = Math.min(demand.fetchedS, demand.timelineS) + THROTTLE_AHEAD_S
  return nextSegment * demand.segmentSeconds < limitS
}

/** The oldest segment to keep. */
export function oldestToKeep(head: Head, segmentSeconds: number): number {
  return Math.max(head.oldestSegment, head.nextSegment - Math.ceil(PRUNE_BEHIND_S / segmentSeconds))
}
