import type { Item, MediaPart } from '../../../src-preload/contract/index.ts'

/** A part with the one that follows it in its version. */
export interface FoundPart {
  readonly part: MediaPart
  readonly nextPart: MediaPart | null
}

/** The part of an address, else the first of the first version; null for an item without files. */
export function findPart(item: Item, mediaId: string | null): FoundPart | null {
  const versions = item.versions.map(({ parts }) => parts)
  const parts = versions.find((each) => each.some((part) => part.mediaId === mediaId)) ?? versions[0] ?? []
  const at = Math.max(
    0,
    parts.findIndex((part) => part.mediaId === mediaId),
  )
  const part = parts[at]
  return part === undefined ? null : { part, nextPart: parts[at + 1] ?? null }
}
