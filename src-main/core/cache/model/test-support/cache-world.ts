import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { Scheduler } from 'fast-check'
import { defined, isAbort } from '../../../base/control.ts'
import { SpoolError } from '../../../spool-error.ts'
import { createHasher, type Hasher } from '../../store/hasher.ts'
import { openTestDatabase, testData, testKey } from '../../test-support/cache-fixture.ts'
import { ManualClock } from '../../test-support/manual-clock.ts'
import { MemoryDisk, type Chance, type Loss } from '../../test-support/memory-disk.ts'
import { MemoryRig } from '../../test-support/memory-rig.ts'
import { MemoryUpstream } from '../../test-support/memory-upstream.ts'
import { RowWatch } from './row-watch.ts'
import { Turns } from './turns.ts'

export const mediaIds = ['1', '2', '3'] as const
export type MediaName = (typeof mediaIds)[number]

const sizes: Readonly<Record<MediaName, number>> = { '1': 70_013, '2': 40_960, '3': 16_384 }

/** One read under way. */
export interface Reading {
  readonly mediaId: MediaName
  readonly abort: AbortController
  isEnded: boolean
}

/** Made once: migrating is most of what a run would cost. */
const template = ((): Buffer => {
  const db = openTestDatabase(':memory:')
  const image = db.serialize()
  db.close()
  return image
})()
const hasher: Promise<Hasher> = createHasher()

/** A cache whose disk, source and clock are the test's, what has been asked of it, and what must always hold. */
export class CacheWorld {
  readonly rig = new MemoryRig()
  readonly readings: Reading[] = []
  readonly problems: string[] = []
  /** Nothing has happened that may make a read wait for time to pass, or fail. */
  isPlain = true
  readonly #turns: Turns
  readonly #versions = new Map<MediaName, Buffer[]>()
  readonly #commands = new Set<Promise<unknown>>()
  #watch: RowWatch | null = null

  private constructor(scheduler: Scheduler) {
    this.#turns = new Turns(scheduler, () => this.rig.clock)
  }

  /** @param limitBytes small: there is not room for everything */
  static async create(scheduler: Scheduler, limitBytes: number): Promise<CacheWorld> {
    const world = new CacheWorld(scheduler)
    world.rig.limits = { limitBytes, reserveBytes: 0, backgroundKbps: null }
    for (const mediaId of mediaIds) world.replace(mediaId)
    await world.#open(template)
    return world
  }

  get watch(): RowWatch {
    return defined(this.#watch, 'watch')
  }

  get versionCount(): number {
    return [...this.#versions.values()].reduce((sum, { length }) => sum + length, 0)
  }

  /** Other bytes of another size under the same name. */
  replace(mediaId: MediaName): void {
    const versions = this.#versions.get(mediaId) ?? []
    const data = testData(
      sizes[mediaId] + versions.length * 4_567,
      Number(mediaId) * 100 + versions.length + 1,
    )
    this.#versions.set(mediaId, [...versions, data])
    this.rig.upstream.put(mediaId, data)
  }

  /** A command whose answer nobody waits for; that there is one is seen at the end. */
  post(command: Promise<unknown>): void {
    const answered = command.then(
      () => undefined,
      (error: unknown) => this.#expectKnown('a command', error),
    )
    this.#commands.add(answered)
    void answered.then(() => this.#commands.delete(answered))
  }

  read(mediaId: MediaName, fraction: number, length: number): void {
    const reading: Reading = { mediaId, abort: new AbortController(), isEnded: false }
    this.readings.push(reading)
    void this.#read(reading, fraction, length)
      .catch((error: unknown) => this.#expectKnown('a read', error))
      .finally(() => {
        reading.isEnded = true
        const at = this.readings.indexOf(reading)
        if (at >= 0) this.readings.splice(at, 1)
      })
  }

  /** Ends this life cleanly and begins another. */
  async restart(): Promise<void> {
    this.#runFree()
    const closing = this.rig.cache.close(2_000)
    await this.#turns.drain()
    for (let passed = 0; passed < 2_500; passed += 500) await this.#turns.pass(500)
    await closing
    this.check()
    const image = this.rig.db.serialize()
    this.rig.db.close()
    if (this.rig.disk.openFiles > 0) this.problems.push(`${this.rig.disk.openFiles} files open after closing`)
    await this.#open(image)
  }

  /** The power fails and comes back. What the old life still does is done to a disk and a database that nobody sees. */
  async losePower(loss: Loss, chance: Chance): Promise<void> {
    const image = this.rig.db.serialize()
    const disk = MemoryDisk.after(this.rig.disk.image(), loss, chance)
    for (const reading of this.readings.splice(0)) reading.abort.abort()
    this.#commands.clear()
    const { titles } = this.rig.upstream
    this.rig.disk = disk
    this.rig.upstream = new MemoryUpstream()
    for (const [mediaId, title] of titles) this.rig.upstream.titles.set(mediaId, { ...title })
    this.rig.clock = new ManualClock()
    await this.#open(image)
  }

  /** What must hold at any moment. */
  check(): void {
    this.watch.check()
    const { reservedBytes } = this.rig.cache.counters()
    const used = this.watch.usedBytes
    if (used + reservedBytes > this.rig.limits.limitBytes)
      this.problems.push(`${used} used and ${reservedBytes} reserved of ${this.rig.limits.limitBytes}`)
    if (this.rig.disk.writtenAfterRemoval.length > 0)
      this.problems.push(`written after removal: ${this.rig.disk.writtenAfterRemoval.join()}`)
    this.problems.push(...this.rig.errors.splice(0))
    if (!this.watch.hasLostBytes) this.problems.push(...this.rig.upstream.doubleFetches())
  }

  /** Everything is well from now on: every read must end, and nothing may be left over. */
  async finish(restarts: boolean): Promise<void> {
    const { rig } = this
    await this.#turns.drain()
    this.check()
    // Who jumps about is let wait for so long.
    if (this.isPlain) await this.#turns.pass(50)
    if (this.isPlain && this.readings.length > 0)
      this.problems.push('a read waits and nobody brings its bytes')
    this.#heal()
    for (let passed = 0; this.readings.length > 0 && passed < 90_000; passed += 500)
      await this.#turns.pass(500)
    if (this.readings.length > 0) this.problems.push(`${this.readings.length} reads never end`)
    await this.#turns.drain()
    if (this.#commands.size > 0) this.problems.push(`${this.#commands.size} commands were not answered`)
    for (const mediaId of mediaIds) await this.#turns.now(rig.cache.stopPreCache(testKey(mediaId)))
    await this.#turns.pass(600)
    await this.#turns.pass(600)
    if (rig.upstream.openReplies > 0) this.problems.push('a connection is open that nobody wants')
    // Long enough for what could not be deleted at once, and for everything to be closed; longer while idle copies are being checked,
    // which opens them once more, one after another.
    const leftOver = () => Object.entries(rig.cache.counters()).filter(([, count]) => count !== 0)
    for (let passed = 0; passed < 33_000 || (passed < 120_000 && leftOver().length > 0); passed += 3_000)
      await this.#turns.pass(3_000)
    const left = leftOver()
    if (left.length > 0) this.problems.push(`left over: ${left.map((entry) => entry.join(' ')).join()}`)
    if (rig.disk.openFiles > 0) this.problems.push(`${rig.disk.openFiles} files are open`)
    this.check()
    this.problems.push(...this.watch.orphans())
    await this.#playOffline()
    if (restarts) {
      await this.restart()
      await this.#turns.drain()
      this.problems.push(...this.watch.orphans())
    }
    await this.#turns.now(rig.cache.close(2_000))
    rig.db.close()
  }

  /** What is said to be whole plays without the source. */
  async #playOffline(): Promise<void> {
    this.rig.upstream.setReachable(false)
    for (const mediaId of mediaIds) {
      const { cached } = await this.#turns.now(this.rig.cache.isCached(testKey(mediaId)))
      if (!cached || this.watch.isSpoilt) continue
      this.read(mediaId, 0, Number.MAX_SAFE_INTEGER)
      await this.#turns.drain()
      if (this.readings.length > 0) this.problems.push(`${mediaId} does not play offline`)
    }
    this.rig.upstream.setReachable(true)
  }

  #heal(): void {
    const { disk, upstream } = this.rig
    disk.fault = () => null
    disk.capacityBytes = 10 ** 12
    upstream.spoils.length = 0
    upstream.setReachable(true)
  }

  async #read(reading: Reading, fraction: number, length: number): Promise<void> {
    const { signal } = reading.abort
    const { cache } = this.rig
    const { entryId } = await cache.getCachedStreamWithQuality(testKey(reading.mediaId), signal)
    const media = await cache.openMedia(entryId, signal)
    if (media.kind !== 'file') throw new Error('not a file')
    using file = media
    const size = defined(await file.size(signal), 'size')
    const start = Math.min(size - 1, Math.floor(fraction * size))
    const end = Math.min(size, start + length)
    const reader = file.read(start, end, signal)
    let candidates = (this.#versions.get(reading.mediaId) ?? []).filter((data) => data.length === size)
    let at = start
    try {
      for (let piece = await reader.read(); piece !== null; piece = await reader.read()) {
        const to = at + piece.length
        // Players take their time.
        await this.#turns.step('player')
        candidates = candidates.filter((data) => data.subarray(at, to).equals(piece))
        if (candidates.length === 0) this.problems.push(`wrong bytes at ${at} of ${reading.mediaId}`)
        reader.release?.(piece)
        at = to
      }
      if (at !== end) this.problems.push(`${at - start} bytes instead of ${end - start}`)
    } finally {
      reader.cancel()
    }
  }

  #expectKnown(who: string, error: unknown): void {
    // Whoever breaks something off gets what it broke off with.
    if (isAbort(error)) return
    if (!(error instanceof SpoolError)) this.problems.push(`${who} failed with ${String(error)}`)
    else if (error.code === 'internal') this.problems.push(`${who} failed: ${error.message}`)
    else if (this.isPlain && error.code !== 'cancelled' && who === 'a read')
      this.problems.push(`${who} failed with ${error.code} ${error.message} though all was well`)
  }

  async #open(image: Buffer): Promise<void> {
    const { rig } = this
    this.#runFree()
    const db = new Database(image)
    db.pragma('foreign_keys = ON')
    rig.errors.length = 0
    const isSpoilt = this.#watch?.isSpoilt ?? false
    this.#watch = new RowWatch(db, rig, await hasher, this.problems, join(rig.cacheFolder))
    this.#watch.isSpoilt = isSpoilt
    await rig.open(db)
    rig.disk.step = (call) => this.#turns.step(call)
    rig.upstream.step = (call) => this.#turns.step(call)
  }

  /** Without waiting for the scheduler. */
  #runFree(): void {
    this.rig.disk.step = () => Promise.resolve()
    this.rig.upstream.step = () => Promise.resolve()
  }
}
