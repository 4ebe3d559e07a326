import { findPart, partDurationMs } from '../plex/find-part.ts'
import type { MediaAddress } from '../library/media-id.ts'
import type { PlexItem } from '../plex/model.ts'

/** Where one part lies on its item's timeline, in ms. */
export interface PartPlace {
  readonly startMs: number
  readonly partMs: number
  /** Of all parts together. */
  readonly itemMs: number
}

/** Parts of a version play one after another. Null when the item has no such part. */
export function placePart(item: PlexItem, address: MediaAddress): PartPlace | null {
  const found = findPart(item, address)
  if (!found) return null
  const lengths = found.version.parts.map((part) => partDurationMs(item, found.version, part))
  const startMs = sum(lengths.slice(0, found.partIndex))
  return { startMs, partMs: lengths[found.partIndex] ?? 0, itemMs: sum(lengths) || (item.durationMs ?? 0) }
}

/** A position of the item as one of the part; 0 when it lies in another part. */
export function positionInPart(itemPositionMs: number, place: PartPlace): number {
  const positionMs = itemPositionMs - place.startMs
  return positionMs >= 0 && (place.partMs === 0 || positionMs < place.partMs) ? positionMs : 0
}

const sum = (lengths: readonly number[]): number => lengths.reduce((total, length) => total + length, 0)
