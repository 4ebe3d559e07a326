import type { Identity } from './identity.ts'
import type { Doubt } from './reply.ts'

/** What follows from a doubt. */
export type DoubtStep =
  /** Ask once more. */
  | 'ask-again'
  /** Twice the same: it is so. */
  | 'believe'
  /** The source contradicts itself: it has two minds about one file. */
  | 'contradiction'

/**
 * Weighs a doubt against the one before it; null when none was open. Only a reply to a later request says anything new.
 * Malformed replies need not be alike: two of them in a row are enough.
 */
export function weighDoubt(previous: Doubt | null, doubt: Doubt): DoubtStep {
  if (previous === null || previous.kind !== doubt.kind) return 'ask-again'
  if (previous.kind === 'malformed' || doubt.kind === 'malformed') return 'believe'
  return isAlike(previous.seen, doubt.seen) ? 'believe' : 'contradiction'
}

export const isAlike = (one: Identity, other: Identity): boolean =>
  (one.totalBytes === other.totalBytes || one.totalBytes === null || other.totalBytes === null) &&
  one.etag === other.etag &&
  one.lastModified === other.lastModified
