import { expect, it } from 'vitest'
import { killFills } from './test-support/kill-fills.ts'

it('asks for nothing twice that was recorded when the process is killed again and again', async () => {
  expect(await killFills(5)).toBeGreaterThan(0)
}, 120_000)
