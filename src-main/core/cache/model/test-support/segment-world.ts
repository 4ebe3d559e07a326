import Database from 'better-sqlite3'
import type { Scheduler } from 'fast-check'
import { defined, isAbort } from '../../../base/control.ts'
import { SpoolError } from '../../../spool-error.ts'
import { makeTsSegments } from '../../hls/test-support/make-segments.ts'
import { openTestDatabase, readAll, testKey } from '../../test-support/cache-fixture.ts'
import { ManualClock } from '../../test-support/manual-clock.ts'
import { MemoryDisk, type Chance, type Loss } from '../../test-support/memory-disk.ts'
import { MemoryRig } from '../../test-support/memory-rig.ts'
import { MemoryTranscodes } from '../../test-support/memory-transcodes.ts'
import { MemoryUpstream } from '../../test-support/memory-upstream.ts'
import { SegmentRowWatch } from './segment-row-watch.ts'
import { Turns } from './turns.ts'

export const rungIds = ['1', '2'] as const
export type RungName = (typeof rungIds)[number]
export const segmentCount = 6
export const rungKey = (mediaId: RungName) => testKey(mediaId, '480p-200k')

/** How a transcode spoils one segment; each is used once. */
export type SegmentSpoil = 'missing' | 'cut' | 'noise' | 'of-another-session'

export interface SegmentReading {
  readonly mediaId: RungName
  readonly abort: AbortController
}

const segments = makeTsSegments(segmentCount, 10)
const shifted = makeTsSegments(segmentCount, 10.4, { startS: 0.4 })
export const wholeBytes = segments.reduce((sum, { length }) => sum + length, 0)
const template = ((): Buffer => {
  const db = openTestDatabase(':memory:')
  const image = db.serialize()
  db.close()
  return image
})()

/** Rungs over a disk, transcoder and clock in memory; what has been asked of them, and what must always hold. */
export class SegmentWorld {
  readonly rig = new MemoryRig()
  readonly readings: SegmentReading[] = []
  readonly problems: string[] = []
  readonly spoils: SegmentSpoil[] = []
  readonly watch = new SegmentRowWatch(this.rig)
  readonly #turns: Turns
  readonly #commands = new Set<Promise<unknown>>()
  #servedBytes = 0
  #servedSegments = 0

  private constructor(scheduler: Scheduler) {
    this.#turns = new Turns(scheduler, () => this.rig.clock)
  }

  static async create(scheduler: Scheduler, limitBytes: number): Promise<SegmentWorld> {
    const world = new SegmentWorld(scheduler)
    world.rig.limits = { limitBytes, reserveBytes: 0, backgroundKbps: null }
    for (const mediaId of rungIds) world.rig.upstream.put(mediaId, Buffer.alloc(1))
    await world.#open(template)
    return world
  }

  post(command: Promise<unknown>): void {
    const answered = command.then(
      () => undefined,
      (error: unknown) => this.#expectKnown('a command', error),
    )
    this.#commands.add(answered)
    void answered.then(() => this.#commands.delete(answered))
  }

  read(mediaId: RungName, seq: number): void {
    const reading: SegmentReading = { mediaId, abort: new AbortController() }
    this.readings.push(reading)
    void this.#read(reading, seq)
      .catch((error: unknown) => this.#expectKnown('a read', error))
      .finally(() => {
        const at = this.readings.indexOf(reading)
        if (at >= 0) this.readings.splice(at, 1)
      })
  }

  async restart(): Promise<void> {
    this.#runFree()
    await this.#close()
    this.check()
    const image = this.rig.db.serialize()
    this.rig.db.close()
    if (this.rig.disk.openFiles > 0) this.problems.push(`${this.rig.disk.openFiles} files open after closing`)
    const { openSessions } = this.#transcodes
    if (openSessions > 0) this.problems.push(`${openSessions} sessions left after closing`)
    await this.#open(image)
  }

  async losePower(loss: Loss, chance: Chance): Promise<void> {
    const image = this.rig.db.serialize()
    const disk = MemoryDisk.after(this.rig.disk.image(), loss, chance)
    for (const reading of this.readings.splice(0)) reading.abort.abort()
    this.#commands.clear()
    this.rig.disk = disk
    this.rig.upstream = new MemoryUpstream()
    for (const mediaId of rungIds) this.rig.upstream.put(mediaId, Buffer.alloc(1))
    this.rig.clock = new ManualClock()
    await this.#open(image)
  }

  /** What must hold at any moment. */
  check(): void {
    this.problems.push(...this.watch.problems())
    this.problems.push(...this.rig.errors.splice(0))
  }

  /** Everything is well from now on: every read must end, and nothing may be left over. */
  async finish(restarts: boolean): Promise<void> {
    const { rig } = this
    await this.#turns.drain()
    this.check()
    this.spoils.length = 0
    rig.disk.fault = () => null
    rig.disk.capacityBytes = 10 ** 12
    rig.upstream.setReachable(true)
    await this.#turns.passUntil(() => this.readings.length === 0, 240_000)
    if (this.readings.length > 0) this.problems.push(`${this.readings.length} reads never end`)
    if (this.#commands.size > 0) this.problems.push(`${this.#commands.size} commands were not answered`)
    for (const mediaId of rungIds) await this.#turns.now(rig.cache.stopPreCache(rungKey(mediaId)))
    const leftOver = (): string[] => [
      ...Object.entries(rig.cache.counters()).flatMap(([name, count]) =>
        count === 0 ? [] : [`${name} ${count}`],
      ),
      ...(this.#transcodes.openSessions > 0 ? [`sessions ${this.#transcodes.openSessions}`] : []),
      ...(rig.disk.openFiles > 0 ? [`open files ${rig.disk.openFiles}`] : []),
      ...this.watch.orphans(),
    ]
    await this.#turns.passUntil(() => leftOver().length === 0, 120_000)
    this.problems.push(...leftOver().map((left) => `left over: ${left}`))
    this.check()
    await this.#expectConserved()
    await this.#playOffline()
    if (restarts) await this.restart()
    await this.#close()
    rig.db.close()
  }

  get #transcodes(): MemoryTranscodes {
    return defined(this.rig.upstream.transcodes, 'transcodes')
  }

  /** Served is what came from memory, disk and by: the very bytes that readers got in this life. */
  async #expectConserved(): Promise<void> {
    const stats = await this.#turns.now(this.rig.cache.getDiagnostics())
    const { bytesServed, bytesFromMemory, bytesFromDisk, bytesPassedThrough, segmentHit, segmentMiss } = stats
    if (
      bytesServed !== bytesFromMemory + bytesFromDisk + bytesPassedThrough ||
      bytesServed !== this.#servedBytes
    )
      this.problems.push(
        `${bytesServed} bytes are counted, ${this.#servedBytes} were read: ${bytesFromMemory}, ${bytesFromDisk}, ${bytesPassedThrough}`,
      )
    if (segmentHit.count + segmentMiss.count !== this.#servedSegments)
      this.problems.push(`${segmentHit.count} and ${segmentMiss.count} of ${this.#servedSegments} segments`)
  }

  /** What is said to be whole plays without the source. */
  async #playOffline(): Promise<void> {
    this.rig.upstream.setReachable(false)
    for (const mediaId of rungIds) {
      const { cached } = await this.#turns.now(this.rig.cache.isCached(rungKey(mediaId)))
      if (!cached || this.watch.isSpoilt) continue
      for (const seq of segments.keys()) this.read(mediaId, seq)
      await this.#turns.drain()
      if (this.readings.length > 0) this.problems.push(`${mediaId} does not play offline`)
    }
    this.rig.upstream.setReachable(true)
  }

  #segmentOf(seq: number): Uint8Array | undefined {
    const bytes = segments[seq] ?? Buffer.alloc(0)
    switch (this.spoils.shift()) {
      case 'missing':
        return undefined
      case 'cut':
        return bytes.subarray(0, Math.floor(bytes.length / 3))
      case 'noise':
        return Buffer.alloc(bytes.length, 0x5a)
      case 'of-another-session':
        return shifted[seq]
      case undefined:
        return bytes
    }
  }

  async #read({ mediaId, abort }: SegmentReading, seq: number): Promise<void> {
    const { signal } = abort
    const { cache } = this.rig
    const life = this.rig.db
    const { entryId } = await cache.getCachedStreamWithQuality(rungKey(mediaId), signal)
    const media = await cache.openMedia(entryId, signal)
    if (media.kind !== 'hls') throw new Error('not segments')
    using hls = media
    await hls.playlist(signal)
    const { reader, sizeBytes } = await hls.segment(`${seq}.ts`, signal)
    await this.#turns.step('player')
    const bytes = await readAll(reader)
    // What a life that lost its power still gives is counted by nobody.
    if (life === this.rig.db) {
      this.#servedBytes += bytes.length
      this.#servedSegments += 1
    }
    if (bytes.length !== sizeBytes) this.problems.push(`${bytes.length} bytes instead of ${sizeBytes}`)
    // A session that is cut elsewhere is right by itself; what is no segment at all must never come this far.
    if (![segments[seq], shifted[seq]].some((right) => right?.equals(bytes)))
      this.problems.push(`wrong bytes for ${seq} of ${mediaId}`)
  }

  #expectKnown(who: string, error: unknown): void {
    if (isAbort(error)) return
    if (!(error instanceof SpoolError)) this.problems.push(`${who} failed with ${String(error)}`)
    else if (error.code === 'internal') this.problems.push(`${who} failed: ${error.message}`)
  }

  async #open(image: Buffer): Promise<void> {
    const { rig } = this
    this.#runFree()
    const db = new Database(image)
    db.pragma('foreign_keys = ON')
    rig.errors.length = 0
    this.#servedBytes = 0
    this.#servedSegments = 0
    rig.upstream.transcodes = new MemoryTranscodes(segmentCount, (_session, seq) => this.#segmentOf(seq))
    await rig.open(db)
    const step = (call: string): Promise<void> => this.#turns.step(call)
    rig.disk.step = step
    rig.upstream.step = step
    this.#transcodes.step = step
  }

  #runFree(): void {
    const { disk, upstream } = this.rig
    for (const part of [disk, upstream, upstream.transcodes])
      if (part !== null) part.step = () => Promise.resolve()
  }

  async #close(): Promise<void> {
    const closing = this.rig.cache.close(2_000)
    await this.#turns.drain()
    for (let passed = 0; passed < 2_500; passed += 500) await this.#turns.pass(500)
    await closing
  }
}
