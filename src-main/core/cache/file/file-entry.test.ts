import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  CacheFixture,
  mebibyte,
  readAll,
  sha256,
  testData,
  testKey,
  until,
} from '../test-support/cache-fixture.ts'

const size = 5 * mebibyte + 12_345
const data = testData(size)

describe('a file entry', () => {
  it('passes bytes on, keeps them, and serves them without the source', async () => {
    await using fixture = await CacheFixture.create(data)
    expect(sha256(await fixture.read(0, size))).toBe(sha256(data))
    await until(async () => (await fixture.cache.isCached(testKey())).cached)
    expect(fixture.origin.requests).toHaveLength(1)
    fixture.upstream.setReachable(false)
    await fixture.reopen()
    expect(sha256(await fixture.read(0, size))).toBe(sha256(data))
    expect(fixture.origin.requests).toHaveLength(1)
    const [folder = ''] = fixture.storeNames()
    expect(sha256(readFileSync(join(fixture.cacheFolder, folder, 'media.mkv')))).toBe(sha256(data))
  })
})
