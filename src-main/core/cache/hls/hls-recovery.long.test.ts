import { expect, it } from 'vitest'
import { killFills } from './test-support/kill-fills.ts'

it('survives fifty kills at any moment of filling a rung', { timeout: 900_000 }, async () => {
  expect(await killFills(50)).toBeGreaterThan(0)
})
