import type { Item, MediaPart } from '../../../src-preload/contract/index.ts'
import { resumePoint } from '../../lib/items/play-plan.ts'

/** A part with the one that follows it in its version. */
export interface FoundPart {
  readonly part: MediaPart
  readonly nextPart: MediaPart | null
  /** Where the part begins in the whole title. */
  readonly startMs: number
}

/** The part of an address; without one, the part of the first version where the item was left. Null for an item without files. */
export function findPart(item: Item, mediaId: string | null): FoundPart | null {
  const named = item.versions.find(({ parts }) => parts.some((part) => part.mediaId === mediaId))
  const version = named ?? item.versions[0]
  if (version === undefined) return null
  const part =
    version.parts.find((each) => each.mediaId === mediaId) ?? resumePoint(version, item.positionMs)?.part
  if (part === undefined) return null
  const at = version.parts.indexOf(part)
  const startMs = version.parts.slice(0, at).reduce((sum, { durationMs }) => sum + durationMs, 0)
  return { part, nextPart: version.parts[at + 1] ?? null, startMs }
}
