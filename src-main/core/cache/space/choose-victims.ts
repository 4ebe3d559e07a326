/** What deciding about an entry needs to know of it. */
export interface Candidate {
  readonly entryId: number
  /** Source and media id in one: what the qualities of one part share. */
  readonly title: string
  /** Bytes that removing it gives back. */
  readonly bytes: number
  /** Orders the qualities of one title; the original is the best. */
  readonly qualityRank: number
  readonly isPinned: boolean
  /** Read, filled or protected now. */
  readonly isInUse: boolean
  readonly isComplete: boolean
  readonly isFailed: boolean
  readonly isWatched: boolean
  /** Larger: used later. */
  readonly accessSeq: number
}

export type EvictionReason = 'failed' | 'watched' | 'better copy kept' | 'least recently used'

export interface Victim {
  readonly entryId: number
  readonly bytes: number
  readonly reason: EvictionReason
}

const order: readonly EvictionReason[] = ['failed', 'watched', 'better copy kept', 'least recently used']

/**
 * Which entries go so that at least `neededBytes` come free: failed ones, then watched ones, then further qualities of a title that keeps a
 * better complete copy, then the least recently used. Never a pinned one or one in use. As few as that order allows; all that may go when
 * they are not enough. Entries without bytes are left alone: removing them gives nothing.
 */
export function chooseVictims(candidates: readonly Candidate[], neededBytes: number): Victim[] {
  const removable = candidates
    .filter((candidate) => !candidate.isPinned && !candidate.isInUse && candidate.bytes > 0)
    .sort((a, b) => a.accessSeq - b.accessSeq || a.entryId - b.entryId)
  const gone = new Set<number>()
  const victims: Victim[] = []
  let freed = 0
  for (const reason of order) {
    for (const candidate of removable) {
      if (freed >= neededBytes) return victims
      if (gone.has(candidate.entryId) || !applies(reason, candidate, candidates, gone)) continue
      gone.add(candidate.entryId)
      victims.push({ entryId: candidate.entryId, bytes: candidate.bytes, reason })
      freed += candidate.bytes
    }
  }
  return victims
}

function applies(
  reason: EvictionReason,
  candidate: Candidate,
  all: readonly Candidate[],
  gone: ReadonlySet<number>,
): boolean {
  switch (reason) {
    case 'failed':
      return candidate.isFailed
    case 'watched':
      return candidate.isWatched
    case 'better copy kept':
      return all.some(
        (other) =>
          other.title === candidate.title &&
          other.isComplete &&
          other.qualityRank > candidate.qualityRank &&
          !gone.has(other.entryId),
      )
    case 'least recently used':
      return true
  }
}
