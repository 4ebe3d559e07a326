import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import type { ByteReader, OpenFile } from '../handle.ts'
import { mebibyte, openTestDatabase, readAll, testData, testKey } from '../test-support/cache-fixture.ts'
import type { ManualClock } from '../test-support/manual-clock.ts'
import { MemoryRig } from '../test-support/memory-rig.ts'
import { MemoryTranscodes } from '../test-support/memory-transcodes.ts'
import { makeTsSegments } from '../hls/test-support/make-segments.ts'

/** One line for all replies, in virtual time: 250 bytes a ms, 2 Mbit/s, one piece of 5000 after another. */
class Line {
  readonly #clock: ManualClock
  #freeAt = 0

  constructor(clock: ManualClock) {
    this.#clock = clock
  }

  take(): Promise<void> {
    const now = this.#clock.monotonicMs()
    this.#freeAt = Math.max(now, this.#freeAt) + 20
    return new Promise((resolve) => void this.#clock.after(this.#freeAt - now, resolve))
  }
}

/** Takes what a film needs, 16 kB each 100 ms, and notes when it was not there in time. */
class Player {
  lateMs = 0
  taken = 0
  isOver = false
  readonly #reader: ByteReader
  #here = 0

  constructor(file: OpenFile, start: number, end: number) {
    this.#reader = file.read(start, end, new AbortController().signal)
    void this.#run().catch(() => (this.isOver = true))
  }

  /** 100 ms have passed. */
  tick(): void {
    if (this.#here - this.taken >= 16_000) this.taken += 16_000
    else if (!this.isOver) this.lateMs += 100
  }

  stop(): void {
    this.isOver = true
    this.#reader.cancel()
  }

  async #run(): Promise<void> {
    while (!this.isOver) {
      // As a player does, it has some seconds in memory and asks for no more.
      while (!this.isOver && this.#here - this.taken > 150_000)
        await new Promise((resolve) => setImmediate(resolve))
      const piece = await this.#reader.read()
      if (piece === null) break
      this.#here += piece.length
    }
    this.isOver = true
  }
}

async function openRig(): Promise<MemoryRig> {
  const rig = new MemoryRig()
  const template = openTestDatabase(':memory:')
  const db = new Database(template.serialize())
  template.close()
  db.pragma('foreign_keys = ON')
  const line = new Line(rig.clock)
  rig.upstream.put('1', testData(10 * mebibyte, 1))
  rig.upstream.put('2', testData(20 * mebibyte, 2))
  await rig.open(db)
  rig.upstream.step = (call) => (call === 'body' ? line.take() : Promise.resolve())
  return rig
}

async function openFile(rig: MemoryRig, mediaId: string): Promise<OpenFile> {
  const { entryId } = await rig.cache.getCachedStreamWithQuality(testKey(mediaId))
  const media = await rig.cache.openMedia(entryId)
  if (media.kind !== 'file') throw new Error('not a file')
  return media
}

/** Plays for a while, jumps to what is not here, and plays on. Answers how late the player was, when the jump brought its first bytes, and what was downloaded. */
async function watch(rig: MemoryRig, isDownloading: boolean) {
  if (isDownloading) await rig.cache.preCache(testKey('2'), true)
  using file = await openFile(rig, '1')
  const size = 10 * mebibyte
  const pass = async (ms: number, player: Player): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 20) {
      rig.clock.advance(20)
      await rig.settle()
      if (passed % 100 === 80) player.tick()
    }
  }
  const first = new Player(file, 0, size)
  await pass(2_000, first)
  const startLateMs = first.lateMs
  await pass(10_000, first)
  const playLateMs = first.lateMs - startLateMs
  first.stop()
  const second = new Player(file, 6 * mebibyte, size)
  await pass(5_000, second)
  const jumpLateMs = second.lateMs
  await pass(25_000, second)
  second.stop()
  const downloaded = await rig.cache.isCached(testKey('2'))
  return {
    startLateMs,
    playLateMs,
    jumpLateMs,
    lateMs: second.lateMs,
    downloaded: downloaded.bytesPresent,
  }
}

it('a player keeps its rate beside a download, which takes what is left', { timeout: 90_000 }, async () => {
  const alone = await openRig()
  const without = await watch(alone, false)
  await alone.close()
  const shared = await openRig()
  const beside = await watch(shared, true)
  await shared.close()
  // Virtual time: nothing here depends on the machine.
  expect(beside.playLateMs).toBe(0)
  expect(beside.startLateMs).toBeLessThanOrEqual(without.startLateMs + 100)
  expect(beside.jumpLateMs).toBeLessThanOrEqual(without.jumpLateMs + 100)
  expect(beside.lateMs).toBe(beside.jumpLateMs)
  expect(beside.downloaded).toBeGreaterThan(mebibyte / 2)
})

const segments = makeTsSegments(6, 10)

/** Virtual ms until a rung's first segments have come; beside whatever else is read. */
async function firstSegmentsMs(rig: MemoryRig): Promise<number> {
  const { entryId } = await rig.cache.getCachedStreamWithQuality(testKey('1', '480p-200k'))
  const media = await rig.cache.openMedia(entryId)
  if (media.kind !== 'hls') throw new Error('not segments')
  using hls = media
  const never = new AbortController().signal
  const beganMs = rig.clock.monotonicMs()
  const reading = (async () => {
    await hls.playlist(never)
    for (let seq = 0; seq < 4; seq += 1) await readAll((await hls.segment(`${seq}.ts`, never)).reader)
  })()
  const state = { isThere: false }
  void reading.then(() => (state.isThere = true))
  while (!state.isThere && rig.clock.monotonicMs() - beganMs < 120_000) {
    rig.clock.advance(20)
    await rig.settle()
  }
  return rig.clock.monotonicMs() - beganMs
}

/** A film that needs twice what the line gives. */
async function openHeavyRig(): Promise<MemoryRig> {
  const rig = await openRig()
  const line = new Line(rig.clock)
  rig.upstream.put('1', testData(30 * mebibyte, 1))
  rig.upstream.durationMs = 60_000
  const transcodes = new MemoryTranscodes(segments.length, (_, seq) => segments[seq])
  rig.upstream.transcodes = transcodes
  rig.upstream.step = (call) => (call === 'body' ? line.take() : Promise.resolve())
  transcodes.pieceStep = () => line.take()
  return rig
}

it('a film that a line cannot carry leaves it to the rung that is to be played instead', async () => {
  const alone = await openHeavyRig()
  const aloneMs = await firstSegmentsMs(alone)
  await alone.close()

  const rig = await openHeavyRig()
  using file = await openFile(rig, '1')
  const player = new Player(file, 0, 30 * mebibyte)
  for (let passed = 0; passed < 5_000; passed += 20) {
    rig.clock.advance(20)
    await rig.settle()
    if (passed % 40 === 20) player.tick()
  }
  const besideMs = await firstSegmentsMs(rig)
  // Nobody has gone: what the player has not got yet comes again.
  const fetched = (): number => rig.upstream.fetched.reduce((sum, { start, end }) => sum + end - start, 0)
  const before = fetched()
  for (let passed = 0; passed < 5_000; passed += 20) {
    rig.clock.advance(20)
    await rig.settle()
    if (passed % 40 === 20) player.tick()
  }
  const since = fetched() - before
  player.stop()
  await rig.close()
  expect(besideMs).toBeLessThanOrEqual(aloneMs * 1.25)
  expect(since).toBeGreaterThan(mebibyte / 2)
})
