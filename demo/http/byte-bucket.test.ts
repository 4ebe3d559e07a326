import { expect, test } from 'vitest'
import { ByteBucket } from './byte-bucket.ts'

const never = new AbortController().signal

async function drain(bucket: ByteBucket, bytes: number): Promise<void> {
  for (let sent = 0; sent < bytes;) {
    const piece = Math.ceil(bucket.chunkBytes)
    await bucket.take(piece, never)
    sent += piece
  }
}

test('two connections share one rate', async () => {
  const bucket = new ByteBucket()
  bucket.setRate(8) // a million bytes a second
  const startedAt = performance.now()
  await Promise.all([drain(bucket, 250_000), drain(bucket, 250_000)])
  const seconds = (performance.now() - startedAt) / 1000
  expect(seconds).toBeGreaterThan(0.38)
  expect(seconds).toBeLessThan(0.8)
})

test('a limit that is lifted frees those who wait', async () => {
  const bucket = new ByteBucket()
  bucket.setRate(0.001)
  const waiting = Promise.all([bucket.take(1000, never), bucket.take(1000, never), bucket.take(1000, never)])
  setTimeout(() => bucket.setRate(null), 20)
  expect(await waiting).toEqual([true, true, true])
})

test('a frozen bucket gives nothing until it thaws, and lets go who leaves', async () => {
  const bucket = new ByteBucket()
  bucket.freeze(true)
  const leaving = new AbortController()
  const left = bucket.take(1, leaving.signal)
  const stayed = bucket.take(1, never)
  leaving.abort()
  expect(await left).toBe(false)
  bucket.freeze(false)
  expect(await stayed).toBe(true)
})
