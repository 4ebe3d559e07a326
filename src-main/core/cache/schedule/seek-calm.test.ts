import fc from 'fast-check'
import { expect, it } from 'vitest'
import { afterLeave, afterStart, calm, passingBytes, seekDelayMs, type SeekCalm } from './seek-calm.ts'

/** Seeks at these moments, each leaving the one before with `read` bytes: when requests begin. */
function run(seekAt: readonly number[], read: (index: number) => number): number[] {
  const starts: number[] = []
  let seeks: SeekCalm = calm
  for (const [index, askedMs] of seekAt.entries()) {
    if (index > 0) seeks = afterLeave(seeks, read(index - 1), Number.POSITIVE_INFINITY)
    const startMs = askedMs + seekDelayMs(seeks, askedMs, askedMs)
    // Superseded before it began.
    if (startMs > (seekAt[index + 1] ?? Number.POSITIVE_INFINITY)) continue
    starts.push(startMs)
    seeks = afterStart(seeks, startMs)
  }
  return starts
}

it('lets two hundred seeks in two seconds begin not more than a dozen requests, the last of them', () => {
  const seekAt = Array.from({ length: 200 }, (_, index) => index * 10)
  const starts = run(seekAt, () => 0)
  // Two before it is a storm, one each 250 ms, and the one that stays.
  expect(starts.length).toBeLessThanOrEqual(2 + 2_000 / 250 + 1)
  expect(starts.at(-1)).toBeGreaterThanOrEqual(1_990)
  expect(starts.at(-1)).toBeLessThanOrEqual(1_990 + 50)
})

it('holds up nobody who waits for what was asked, however quickly one follows another', () => {
  const seekAt = Array.from({ length: 100 }, (_, index) => index * 20)
  expect(run(seekAt, () => passingBytes)).toEqual(seekAt)
})

it('holds up neither the first jumps into a file nor a single seek', () => {
  expect(run([0, 5, 1_000, 1_005, 5_000], () => 0)).toEqual([0, 5, 1_000, 1_005, 5_000])
})

it('begins the last wish 50 ms after it at the latest, and seldom two within 50 ms', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(300), { minLength: 1, maxLength: 100 }), (gaps) => {
      const seekAt: number[] = []
      for (const gap of gaps) seekAt.push((seekAt.at(-1) ?? 0) + gap + 1)
      const starts = run(seekAt, () => 0)
      expect(starts.at(-1)).toBeLessThanOrEqual((seekAt.at(-1) ?? 0) + 50)
      // Two requests close together follow half a second of calm, or begin a storm.
      const close = starts.filter((at, index) => index > 0 && at - (starts[index - 1] ?? 0) < 50)
      const lasted = (starts.at(-1) ?? 0) - (starts[0] ?? 0)
      expect(close.length).toBeLessThanOrEqual(2 + (2 * lasted) / 500)
      // Never without a picture for longer than a quarter of a second and a seek.
      for (const [index, at] of seekAt.entries())
        if (starts.every((start) => start < at || start > at + 300) && index < seekAt.length - 1)
          expect((seekAt[index + 1] ?? 0) - at).toBeLessThanOrEqual(300)
    }),
    { numRuns: 500 },
  )
})
