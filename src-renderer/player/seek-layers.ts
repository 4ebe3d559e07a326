import type { Chapter, Marker, TimeRange } from '../../src-preload/contract/index.ts'

/** A stretch of the seek bar, both in percent of its width. */
export interface BarSpan {
  readonly start: number
  readonly width: number
}

/** The four layers of the seek bar, ready to draw. */
export interface SeekLayers {
  /** Kept on disk: teal. */
  readonly cached: readonly BarSpan[]
  /** In the media element: white. */
  readonly buffered: readonly BarSpan[]
  /** Watched up to here: amber. */
  readonly played: number
  /** Beginnings of chapters, without the one at 0. */
  readonly ticks: readonly number[]
}

const percent = (ms: number, durationMs: number): number =>
  durationMs > 0 ? Math.min(100, Math.max(0, (ms / durationMs) * 100)) : 0

/** Sorted, joined where they touch, cut to the title. Gaps under 1/2000 of the bar cannot be seen and are closed. */
export function toSpans(ranges: readonly TimeRange[], durationMs: number): readonly BarSpan[] {
  const spans: { start: number; end: number }[] = []
  for (const range of ranges.toSorted((a, b) => a.startMs - b.startMs)) {
    const start = percent(range.startMs, durationMs)
    const end = percent(range.endMs, durationMs)
    if (end <= start) continue
    const last = spans.at(-1)
    if (last && start <= last.end + 0.05) last.end = Math.max(last.end, end)
    else spans.push({ start, end })
  }
  return spans.map(({ start, end }) => ({ start, width: end - start }))
}

/** What the bar shows at one moment. Pure, so that drawing cannot disagree with itself. */
export function seekLayers(input: {
  readonly durationMs: number
  readonly positionMs: number
  readonly cached: readonly TimeRange[]
  readonly buffered: readonly TimeRange[]
  readonly chapters: readonly Chapter[]
}): SeekLayers {
  const { durationMs } = input
  return {
    cached: toSpans(input.cached, durationMs),
    buffered: toSpans(input.buffered, durationMs),
    played: percent(input.positionMs, durationMs),
    ticks: input.chapters
      .filter(({ startMs }) => startMs > 0 && startMs < durationMs)
      .map(({ startMs }) => percent(startMs, durationMs)),
  }
}

/** The chapter at a position, for the hover label. */
export function chapterAt(chapters: readonly Chapter[], positionMs: number): Chapter | null {
  return chapters.findLast(({ startMs }) => startMs <= positionMs) ?? null
}

/** The marker that can be skipped now. Not in its last second: the jump would be smaller than the press. */
export function markerAt(markers: readonly Marker[], positionMs: number): Marker | null {
  return markers.find(({ startMs, endMs }) => startMs <= positionMs && positionMs < endMs - 1000) ?? null
}
