import { expect, test } from 'vitest'
import { ReadBuffers, readBufferBytes } from './read-buffers.ts'

test('a buffer is lent to one at a time and used again once it is given back', () => {
  const buffers = new ReadBuffers()
  const first = buffers.take(1000)
  const second = buffers.take(readBufferBytes)
  expect(first.length).toBe(1000)
  expect(first.buffer).not.toBe(second.buffer)
  buffers.release(first.subarray(10))
  expect(buffers.take(readBufferBytes).buffer).toBe(first.buffer)
  expect(buffers.take(1).buffer).not.toBe(first.buffer)
})

test('giving back twice does not lend it twice, and what is from elsewhere is never lent', () => {
  const buffers = new ReadBuffers()
  const piece = buffers.take(1)
  buffers.release(piece)
  buffers.release(piece)
  expect(buffers.take(1).buffer).toBe(piece.buffer)
  expect(buffers.take(1).buffer).not.toBe(piece.buffer)
  const foreign = Buffer.allocUnsafeSlow(readBufferBytes)
  buffers.release(foreign)
  expect(buffers.take(1).buffer).not.toBe(foreign.buffer)
})

test('more than a buffer holds is memory of its own', () => {
  expect(new ReadBuffers().take(readBufferBytes + 1).length).toBe(readBufferBytes + 1)
})
