import { expect, test } from 'vitest'
import { systemClock } from '../base/clock.ts'
import { SourceLimits } from './source-limits.ts'

const limitOf = (limits: SourceLimits): number | null => limits.of('attic', 'lan')?.maxKbps ?? null

test('what a source refused is known until it agrees to as much, and everybody is told', () => {
  const limits = new SourceLimits(systemClock)
  const told: string[] = []
  using _listening = limits.onChange((sourceId) => told.push(sourceId))
  limits.refuse('attic', 4000, null)
  expect(limitOf(limits)).toBe(3999)
  limits.allow('attic', 3999)
  limits.allow('cellar', 20_000)
  expect(limitOf(limits)).toBe(3999)
  expect(told).toEqual(['attic'])
  limits.allow('attic', 4000)
  expect(limitOf(limits)).toBeNull()
  expect(told).toEqual(['attic', 'attic'])
})

test('what it agrees to does not widen a relay', () => {
  const limits = new SourceLimits(systemClock)
  limits.refuse('attic', 1500, null)
  limits.allow('attic', 8000)
  expect(limits.of('attic', 'relay')).toEqual({ maxKbps: 2000, cause: 'relay' })
})
