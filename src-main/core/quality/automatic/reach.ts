import type { TimeRange } from '../../../../src-preload/contract/index.ts'

/** Ranges begin and end on whole pictures: places this close are one. */
const toleranceMs = 150
/** The last piece of a title may end a little before the length its server gives. */
const endToleranceMs = 1500

/** How far everything is here from a place on, ms; to the very end when hardly anything is missing of it. `ranges` are sorted and merged. */
export function reachFrom(ranges: readonly TimeRange[], fromMs: number, durationMs: number): number {
  const range = ranges.find(({ startMs, endMs }) => startMs <= fromMs + toleranceMs && fromMs < endMs)
  if (range === undefined) return 0
  const leftMs = Math.max(0, durationMs - fromMs)
  return range.endMs >= durationMs - endToleranceMs ? leftMs : Math.min(leftMs, range.endMs - fromMs)
}
