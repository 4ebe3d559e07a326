import { expect, it } from 'vitest'
import type { ByteReader } from '../handle.ts'
import { CacheFixture, testData, testKey } from '../test-support/cache-fixture.ts'
import { ManualClock } from '../test-support/manual-clock.ts'
import { SharedLink } from '../test-support/shared-link.ts'

/** 24 Mbit/s, and a film of 20 Mbit/s and 4 s. */
const step = { bytes: 60_000, ms: 20 }
const playedPerStep = 50_000
const size = 200 * playedPerStep
const data = testData(size)
const film = testKey('film')
const download = testKey('download')

/** Plays what it has, once it has some of it, and asks for no more than two seconds of it. */
class Player {
  stalls = 0
  stepsToStart = 0
  isOver = false
  #arrived = 0
  #played = 0
  readonly #pieces: Uint8Array[] = []

  constructor(reader: ByteReader) {
    void this.#run(reader)
  }

  step(): void {
    const here = this.#arrived - this.#played
    if (this.#played === 0 && here < 20 * playedPerStep) this.stepsToStart += 1
    else if (here < playedPerStep) this.stalls += 1
    else this.#played += playedPerStep
    this.isOver = this.#played >= size
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#pieces)
  }

  async #run(reader: ByteReader): Promise<void> {
    for (let piece = await reader.read(); piece !== null; piece = await reader.read()) {
      this.#pieces.push(piece)
      this.#arrived += piece.length
      while (this.#arrived - this.#played > 100 * playedPerStep)
        await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
}

it('a film that takes nearly all of a link plays without a stall beside a download, which takes the rest', async () => {
  const clock = new ManualClock()
  await using fixture = await CacheFixture.create(data, {}, clock)
  fixture.upstream.planChange = { durationMs: 4_000, bitrateKbps: 20_000 }
  const link = new SharedLink(fixture, clock, step)
  const sentOf = (key: typeof film): number => link.sent.get(`/${key.mediaId}`) ?? 0

  await fixture.cache.preCache(download, true)
  for (let steps = 0; steps < 50; steps += 1) await link.pass()
  expect(sentOf(download)).toBeGreaterThan(30 * step.bytes)

  using file = await fixture.openFile(film)
  const before = sentOf(download)
  const player = new Player(file.read(0, size, new AbortController().signal))
  let steps = 0
  for (; !player.isOver && steps < 1_000; steps += 1) {
    await link.pass()
    player.step()
  }
  expect(player.stalls).toBe(0)
  expect(player.bytes.equals(data)).toBe(true)
  // Alone it begins after 17; what the download has under way is still carried.
  expect(player.stepsToStart).toBeLessThan(100)
  const rest = steps * step.bytes - size
  expect(sentOf(download) - before).toBeGreaterThan(rest / 2)

  for (let more = 0; more < 500 && !(await fixture.cache.isCached(download)).cached; more += 1)
    await link.pass()
  expect((await fixture.read(0, size, download)).equals(data)).toBe(true)
  // Nothing was fetched twice for having been held.
  expect(sentOf(film) + sentOf(download)).toBeLessThan(2 * size + 1_000_000)
}, 60_000)
