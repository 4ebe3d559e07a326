import { expect, test } from 'vitest'
import { createPageGate } from './page-gate.ts'

test.each([
  [4870, '127.0.0.1:4870', true],
  [4870, 'LocalHost:4870', true],
  [4870, '127.0.0.1', false],
  [4870, '127.0.0.1:4871', false],
  [4870, 'evil.example:4870', false],
  [4870, '127.0.0.1:4870.evil.example', false],
  // As browsers write it.
  [80, '127.0.0.1', true],
  [80, 'localhost', true],
  [80, 'evil.example', false],
])('listening on %i, the host %s is its own: %s', (port, host, isOwn) => {
  const gate = createPageGate(port, 'token')
  expect(gate.isOwnHost(host)).toBe(isOwn)
  expect(gate.isOwnOrigin(`http://${host.toLowerCase()}`)).toBe(isOwn)
  expect(gate.isOwnOrigin(`https://${host}`)).toBe(false)
})
