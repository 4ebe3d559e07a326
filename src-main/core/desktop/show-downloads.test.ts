import { expect, it } from 'vitest'
import {
  CacheFixture,
  mebibyte,
  silentLogger,
  testData,
  testKey,
  until,
} from '../cache/test-support/cache-fixture.ts'
import { showDownloads } from './show-downloads.ts'

it('keeps the computer awake and shows progress while something is downloaded, and tells once when it is there', async () => {
  await using fixture = await CacheFixture.create(testData(6 * mebibyte))
  fixture.origin.bytesPerSecond = 2 * mebibyte
  const shown: (number | null)[] = []
  const notices: string[] = []
  let awake = 0
  const hold = (): Disposable => {
    awake += 1
    return { [Symbol.dispose]: () => void (awake -= 1) }
  }
  const show = showDownloads({
    cache: fixture.cache,
    clock: fixture.clock,
    ports: {
      progress: { show: (fraction) => void shown.push(fraction) },
      power: { keepComputerAwake: hold, keepDisplayAwake: hold },
      notifier: { notify: (title, body) => void notices.push(`${title}: ${body}`) },
      logger: silentLogger,
    },
  })
  await fixture.cache.preCache(testKey('film'), true)
  await until(() => shown.some((fraction) => fraction !== null) && awake === 1)
  await until(() => notices.length > 0, 15_000)
  expect(notices).toEqual(['Ready to watch offline: Film film'])
  expect(shown.at(-1)).toBeNull()
  expect(awake).toBe(0)
  show[Symbol.dispose]()
})
