import { expect, test } from 'vitest'
import { ReleaseGate } from './release-gate.ts'

test('without a speed, what is written is out', () => {
  const gate = new ReleaseGate(5, 2, false)
  gate.written(9)
  expect(gate.released(9)).toBe(9)
  expect(gate.isHolding).toBe(false)
})

test('at half of real time a two-second segment comes out every four seconds', () => {
  const gate = new ReleaseGate(5, 2, true)
  gate.written(9)
  expect(gate.released(9)).toBe(5)
  expect(gate.isHolding).toBe(true)
  gate.advance(3.9, 0.5)
  expect(gate.released(9)).toBe(5)
  gate.advance(0.1, 0.5)
  expect(gate.released(9)).toBe(6)
})

test('time that a slow encoder did not use is not saved up', () => {
  const gate = new ReleaseGate(0, 1, true)
  gate.advance(100, 1)
  gate.written(50)
  expect(gate.released(50)).toBe(1)
})

test('a limit that is lifted lets everything out at once', () => {
  const gate = new ReleaseGate(0, 1, true)
  gate.written(50)
  gate.advance(0.05, null)
  expect(gate.released(50)).toBe(50)
})
