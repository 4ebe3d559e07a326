import { expect, test } from 'vitest'
import { NetworkGarbage } from './network-garbage.ts'

const mebibyte = 1024 * 1024

test('the young are collected once for every 8 MiB', () => {
  let collections = 0
  const garbage = new NetworkGarbage(() => (collections += 1))
  for (let piece = 0; piece < 16 * 24 - 1; piece += 1) garbage.add(mebibyte / 16)
  expect(collections).toBe(2)
  garbage.add(mebibyte / 16)
  expect(collections).toBe(3)
})

test('what pieces of the network leave behind is given back, though nothing else asks for memory', () => {
  const garbage = new NetworkGarbage()
  const before = process.memoryUsage().arrayBuffers
  let most = 0
  for (let piece = 0; piece < 16 * 64; piece += 1) {
    garbage.add(Buffer.allocUnsafeSlow(mebibyte / 16).length)
    most = Math.max(most, process.memoryUsage().arrayBuffers - before)
  }
  // Of 64 MiB: what came since the last time, and what another thread is still giving back from the time before.
  expect(most).toBeLessThan(24 * mebibyte)
})
