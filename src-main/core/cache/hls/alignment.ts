import type { SegmentFacts } from './segment-check.ts'
import type { SegmentGrid } from './segment-grid.ts'
import { ptsDistance, ptsPerSecond, ptsWrap } from './ts-packets.ts'

/** What of a segment's facts its place in time follows from. */
export type PlacedFacts = Pick<SegmentFacts, 'firstPts' | 'lastPts' | 'longestFrameTicks'>

/** Rounding of grids in microseconds and of clocks in ticks. */
const roundingTicks = 2

const gridTicks = (us: number): number => us * (ptsPerSecond / 1e6)

/** Sessions cut at the first picture at or after a grid line, so one picture either way; capped for slide shows. */
function toleranceTicks(grid: SegmentGrid, longestFrameTicks: number | null): number {
  const shortest = grid.durationsUs.reduce((least, us) => Math.min(least, us), grid.durationsUs[0] ?? 0)
  const cap = Math.max(gridTicks(shortest), ptsPerSecond) / 4
  return Math.min(longestFrameTicks ?? 0, cap) + roundingTicks
}

const endPts = ({ lastPts, longestFrameTicks }: PlacedFacts): number | null =>
  lastPts === null || longestFrameTicks === null ? null : lastPts + longestFrameTicks

/**
 * How far a segment's clock runs ahead of the film: its first timestamp less its place on the grid, modulo 2^33. The title's first segment is
 * placed by its end: pictures may begin later than the film. Null when the segment does not say.
 */
export function clockOf(grid: SegmentGrid, seq: number, facts: PlacedFacts): number | null {
  const isFirst = seq === 0 && grid.durationsUs.length > 1
  const pts = isFirst ? (endPts(facts) ?? facts.firstPts) : facts.firstPts
  const placedByEnd = isFirst && endPts(facts) !== null
  const placeUs = grid.startsUs[placedByEnd ? 1 : seq]
  if (pts === null || placeUs === undefined) return null
  return (((pts - gridTicks(placeUs)) % ptsWrap) + ptsWrap) % ptsWrap
}

/** Whether two clocks are one, within a picture. */
export function isSameClock(
  grid: SegmentGrid,
  a: number,
  b: number,
  longestFrameTicks: number | null,
): boolean {
  return Math.abs(ptsDistance(a, b)) <= toleranceTicks(grid, longestFrameTicks)
}

/**
 * Whether a segment holds the stretch of the title that the playlist says, by its session's own clock: it starts with a key frame, begins and ends
 * on the grid within a picture. The title's first segment may begin later and its last end sooner. What a server copies instead of
 * encoding does not: it is cut where the source has key frames, whatever the playlist says.
 */
export function keepsToGrid(grid: SegmentGrid, seq: number, facts: SegmentFacts, clock: number): boolean {
  if (facts.firstPts === null || facts.startsWithKeyframe === false) return false
  const tolerance = toleranceTicks(grid, facts.longestFrameTicks)
  const past = (pts: number, lineUs: number | undefined): number =>
    ptsDistance(clock + gridTicks(lineUs ?? 0), pts)
  const early = past(facts.firstPts, grid.startsUs[seq])
  const end = endPts(facts)
  const late = end === null ? 0 : past(end, grid.startsUs[seq + 1])
  const isFirst = seq === 0
  const isLast = seq === grid.durationsUs.length - 1
  if (early < -tolerance || (early > tolerance && !isFirst)) return false
  return late <= tolerance && (late >= -tolerance || isLast)
}

/** Whether the second of two neighbours begins where the first ends, within half a picture. True when they do not say. */
export function areJoined(before: PlacedFacts, after: PlacedFacts): boolean {
  const frame = Math.max(before.longestFrameTicks ?? 0, after.longestFrameTicks ?? 0)
  if (before.lastPts === null || after.firstPts === null || frame === 0) return true
  const step = ptsDistance(before.lastPts, after.firstPts)
  return step > frame / 2 - roundingTicks && step <= frame * 1.5 + roundingTicks
}

/** What is known of the segments that a session's segment would have to go with. */
export interface StrandView {
  /** {@link clockOf} its segments; null while it has none that says. */
  readonly clock: number | null
  readonly config: string | null
  /** The segments right before and after, where they are kept. */
  readonly before: PlacedFacts | null
  readonly after: PlacedFacts | null
}

/**
 * `agrees`: it goes with them as it is. `displaced`: it would but for its clock, which runs `byTicks` ahead of theirs by more than a shifted
 * grid could make it. `differs`: it is packed, encoded or cut otherwise.
 */
export type Agreement =
  | { readonly kind: 'agrees' }
  | { readonly kind: 'displaced'; readonly byTicks: number }
  | { readonly kind: 'differs'; readonly reason: string }

const differs = (reason: string): Agreement => ({ kind: 'differs', reason })

/** Judges the first segment of a session that {@link keepsToGrid}. `clock`: {@link clockOf} it. */
export function judgeAgreement(
  grid: SegmentGrid,
  facts: SegmentFacts,
  clock: number,
  strand: StrandView,
): Agreement {
  if (facts.config !== strand.config) return differs('it is encoded otherwise')
  if (strand.clock === null) return differs('its clock is not known')
  const byTicks = ptsDistance(strand.clock, clock)
  if (isSameClock(grid, strand.clock, clock, facts.longestFrameTicks)) {
    const isJoined =
      (strand.before === null || areJoined(strand.before, facts)) &&
      (strand.after === null || areJoined(facts, strand.after))
    return isJoined ? { kind: 'agrees' } : differs('its pictures do not join')
  }
  // A server numbers segments by their place in the title, so a grid that is cut elsewhere is off by less than one of them.
  const longest = grid.durationsUs.reduce((most, us) => Math.max(most, us), 0)
  const isBeyondShift =
    Math.abs(byTicks) >= gridTicks(longest) - toleranceTicks(grid, facts.longestFrameTicks)
  return isBeyondShift ? { kind: 'displaced', byTicks } : differs('it is cut elsewhere')
}

/**
 * Whether a session's own copy of a segment that is kept shows that only its clock is another: the same pictures in number and length, encoded
 * alike, from a key frame on.
 */
export function provesClock(kept: SegmentFacts, copy: SegmentFacts): boolean {
  if (kept.config !== copy.config || copy.startsWithKeyframe === false) return false
  const span = ({ firstPts, lastPts }: SegmentFacts): number | null =>
    firstPts === null || lastPts === null ? null : lastPts - firstPts
  const [keptSpan, copySpan] = [span(kept), span(copy)]
  if (keptSpan === null || copySpan === null) return false
  return Math.abs(keptSpan - copySpan) <= (kept.longestFrameTicks ?? 0) / 2 + roundingTicks
}
