/** The most that a source sends at the moment, and who says so. */
export interface SourceLimit {
  /** Picture and sound together. */
  readonly maxKbps: number
  /** Plex Relay carries no more; or the server refused more, because of its owner's settings or its line. */
  readonly cause: 'relay' | 'server'
}

/** Plex Relay carries 2 Mbit/s where the server's owner has Plex Pass, else 1 (plex-api.md 2.4). */
export const relayLimit: SourceLimit = { maxKbps: 2000, cause: 'relay' }

/** The tighter of two. */
export function tighter(one: SourceLimit | null, other: SourceLimit | null): SourceLimit | null {
  if (one === null || other === null) return one ?? other
  return other.maxKbps < one.maxKbps ? other : one
}
