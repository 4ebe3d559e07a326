import { createHash } from 'node:crypto'
import { SpoolError } from '../../spool-error.ts'
import type { MediaPlaylist } from './playlist-model.ts'

/** How segments are packed: MPEG-TS, or fragmented MP4 with one initialisation part for all. */
export type SegmentContainer = 'ts' | 'fmp4'

/** Where every segment of a title lies on its timeline: what is left of a playlist when everything of the session is gone. */
export interface SegmentGrid {
  readonly container: SegmentContainer
  readonly targetDurationS: number
  readonly durationsUs: readonly number[]
  /** One longer than `durationsUs`: where each segment begins, and where the last one ends. */
  readonly startsUs: readonly number[]
}

export function segmentGrid(
  container: SegmentContainer,
  targetDurationS: number,
  durationsUs: readonly number[],
): SegmentGrid {
  const startsUs = [0]
  let endUs = 0
  for (const durationUs of durationsUs) startsUs.push((endUs += durationUs))
  return { container, targetDurationS, durationsUs, startsUs }
}

/** The grid of a server's playlist. Throws `bad-playlist` for what cannot be kept segment by segment. */
export function gridOfPlaylist(playlist: MediaPlaylist): SegmentGrid {
  const refuse = (detail: string): never => {
    throw new SpoolError('bad-playlist', { detail })
  }
  const [first, ...rest] = playlist.segments
  if (first === undefined) return refuse('lists no segments')
  for (const segment of playlist.segments) {
    if (segment.key !== null && segment.key.method !== 'NONE') return refuse('its segments are encrypted')
    if (segment.byteRange !== null || segment.map?.byteRange) return refuse('its segments are byte ranges')
    if (segment.map?.uri !== first.map?.uri) return refuse('it changes its initialisation part')
  }
  if (rest.some(({ isDiscontinuity }) => isDiscontinuity)) return refuse('its timeline is not continuous')
  return segmentGrid(
    first.map === null ? 'ts' : 'fmp4',
    playlist.targetDurationS,
    playlist.segments.map(({ durationUs }) => durationUs),
  )
}

/** The segment that is on at `atMs`; the last one beyond the end. A millisecond's rounding does not make it the one before. */
export function segmentAt(grid: SegmentGrid, atMs: number): number {
  const next = grid.startsUs.findIndex((startUs) => startUs > (atMs + 1) * 1000)
  return next === -1 ? grid.durationsUs.length - 1 : Math.max(0, next - 1)
}

/** Short text of a grid for the index, such as `ts;4;4000000*299,2960000`. */
export function gridText(grid: SegmentGrid): string {
  const runs: string[] = []
  for (let index = 0; index < grid.durationsUs.length;) {
    const durationUs = grid.durationsUs[index]
    let end = index + 1
    while (grid.durationsUs[end] === durationUs) end += 1
    runs.push(end - index === 1 ? `${durationUs}` : `${durationUs}*${end - index}`)
    index = end
  }
  return `${grid.container};${grid.targetDurationS};${runs.join(',')}`
}

/** Reads {@link gridText} back; null when the text is not one. */
export function gridOfText(text: string): SegmentGrid | null {
  const match = /^(ts|fmp4);([1-9]\d{0,5});(\d+(?:\*\d+)?(?:,\d+(?:\*\d+)?)*)$/.exec(text)
  if (match === null) return null
  const durationsUs: number[] = []
  for (const run of (match[3] ?? '').split(',')) {
    const [durationUs = 0, count = 1] = run.split('*').map(Number)
    if (!(durationUs > 0 && count > 0 && durationsUs.length + count <= 100_000)) return null
    for (let left = count; left > 0; left -= 1) durationsUs.push(durationUs)
  }
  return segmentGrid(match[1] === 'fmp4' ? 'fmp4' : 'ts', Number(match[2]), durationsUs)
}

/**
 * Equal for two sessions exactly when index n means the same stretch of the title in both:
 * hash of container, target duration, count, and every duration in ms.
 */
export function gridSignature(grid: SegmentGrid): string {
  const durationsMs = grid.durationsUs.map((durationUs) => Math.round(durationUs / 1000))
  const text = [grid.container, grid.targetDurationS, durationsMs.length, ...durationsMs].join('\n')
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}
