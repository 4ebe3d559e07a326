import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { deferred, type Deferred } from '../../base/control.ts'
import { openTestDatabase, readAll, testData, testKey } from './cache-fixture.ts'
import { MemoryRig, rigChunkBytes } from './memory-rig.ts'
import type { Spoil } from './memory-upstream.ts'

/** Long enough for what was parked to be tried twice more, and for a check of what was found damaged. */
const patienceMs = 300_000

const ids = ['1', '2', '3'] as const
type Id = (typeof ids)[number]
const films: Readonly<Record<Id, Buffer>> = {
  '1': testData(5 * rigChunkBytes + 5, 1),
  '2': testData(3 * rigChunkBytes, 2),
  // Nearly as much as may wait for a disk, and more than memory holds of what it did not take.
  '3': testData(4_000_000, 3),
}

const migrated = ((): Buffer => {
  const db = openTestDatabase(':memory:')
  const image = db.serialize()
  db.close()
  return image
})()

const anyId = fc.constantFrom<Id>('1', '1', '1', '2', '2', '3')
/** Weighed by how often a download asks for them. */
const held = fc.constantFrom(
  ...[
    'size',
    'files',
    'size',
    'files',
    'create',
    'create',
    'write',
    'sync',
    'exists',
    'close',
    'read',
    'remove',
  ],
)
const roomy = 10 ** 12
const spoil = fc.constantFrom<Spoil>(
  'short',
  'whole',
  'wrong-start',
  'no-range',
  'long',
  'reset',
  'busy',
  'silent',
)
const fault = fc.record({
  call: fc.constantFrom('create', 'write', 'sync'),
  code: fc.constantFrom('EIO', 'ENOSPC'),
  /** How many calls go well before it. */
  after: fc.nat(6),
  times: fc.constantFrom(1, 2, 1_000),
})
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('download' as const), id: anyId }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('stop' as const), id: anyId }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), id: anyId }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('verify' as const), id: anyId }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('watch' as const), id: anyId, share: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('damage' as const), id: anyId }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('hold' as const), call: held }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('let go' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('fail' as const), fault }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), id: anyId }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('sit' as const), id: anyId, share: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('spoil' as const), kind: spoil }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wake' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('limit' as const),
      bytes: fc.constantFrom(0, 50_000, 2_500_000, roomy),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reach' as const), isReachable: fc.boolean() }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      ms: fc.constantFrom(50, 2_500, 12_000, 12_000, 62_000),
    }),
  },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** Three films, a disk that is slow and fails, and what was asked of the cache. */
class Trouble {
  readonly rig = new MemoryRig()
  readonly #holds = new Map<string, Deferred<void>>()
  readonly #asked = new Set<Promise<unknown>>()
  readonly #leave = new AbortController()
  #state: number

  constructor(seed: number) {
    this.#state = seed
  }

  async open(): Promise<void> {
    for (const id of ids) this.rig.upstream.put(id, films[id])
    await this.rig.open(new Database(migrated))
    this.rig.disk.step = (call) => this.#holds.get(call)?.promise ?? this.#soon()
    this.rig.upstream.step = () => this.#soon()
  }

  async take(one: Step): Promise<void> {
    const { cache, disk, upstream } = this.rig
    switch (one.do) {
      case 'download':
        return this.#ask(cache.preCache(testKey(one.id), true))
      case 'stop':
        return this.#ask(cache.stopPreCache(testKey(one.id)))
      case 'remove':
        return this.#ask(cache.removeFromCache(testKey(one.id), true))
      case 'verify':
        return this.#ask(cache.verify(testKey(one.id)))
      case 'watch':
        return this.#ask(this.#watch(one.id, one.share / 4))
      case 'damage': {
        const path = disk.paths.find((file) => dirname(file).includes(`${one.id}-`))
        return path === undefined ? undefined : disk.flipBit(path, 7)
      }
      case 'delete': {
        const path = disk.paths.find((file) => dirname(file).includes(`${one.id}-`))
        return path === undefined ? undefined : disk.deleteUnderneath(dirname(path))
      }
      case 'sit':
        return this.#sit(one.id, one.share / 4)
      case 'spoil':
        return void upstream.spoils.push(one.kind)
      case 'wake':
        return void cache.wake()
      case 'limit':
        return this.#limit(one.bytes)
      case 'hold':
        if (!this.#holds.has(one.call)) this.#holds.set(one.call, deferred())
        return
      case 'let go':
        return this.#letGo()
      case 'fail':
        return this.#fail(one.fault)
      case 'reach':
        return upstream.setReachable(one.isReachable)
      case 'pass':
        return await this.pass(one.ms)
    }
  }

  async pass(durationMs: number): Promise<void> {
    for (let left = durationMs; left > 0; left -= 2_500) {
      this.rig.clock.advance(Math.min(left, 2_500))
      await this.rig.settle()
    }
  }

  /** Everything is well from now on. Answers what is not as it must be then. */
  async end(): Promise<string[]> {
    const { rig } = this
    this.#letGo()
    rig.disk.fault = () => null
    rig.upstream.setReachable(true)
    rig.upstream.spoils.length = 0
    this.#limit(roomy)
    // Given up is what a source sent nonsense for again and again: somebody tries once more now.
    await rig.settle()
    for (const { key, state, reason } of await rig.outcomeOf(rig.cache.getDownloads()))
      if (state === 'failed' && reason === 'bad-reply') await rig.outcomeOf(rig.cache.preCache(key, false))
    const pending = async (): Promise<string[]> => {
      await rig.settle()
      const rows = await rig.outcomeOf(rig.cache.getDownloads())
      return rows.map(({ key, state, reason }) => `${key.mediaId} is ${state} ${reason ?? ''}`)
    }
    let downloads = await pending()
    for (let passed = 0; passed < patienceMs && downloads.length + this.#asked.size > 0; passed += 5_000) {
      await this.pass(5_000)
      downloads = await pending()
    }
    const problems = [...downloads, ...rig.errors]
    if (this.#asked.size > 0) problems.push(`${this.#asked.size} were never answered`)
    if (problems.length === 0) problems.push(...(await this.#leftovers()), ...(await this.#spoilt()))
    await rig.close()
    return problems
  }

  async #leftovers(): Promise<string[]> {
    this.#leave.abort()
    const left = (): [string, number][] =>
      Object.entries(this.rig.cache.counters()).filter(([, count]) => count !== 0)
    // Idle copies are checked once more, one piece in every step of the clock.
    for (let passed = 0; passed < 1_500_000 && left().length > 0; passed += 5_000) await this.pass(5_000)
    return left().map(([what, count]) => `left over: ${count} ${what}`)
  }

  /** What is said to be whole is what the source has. */
  async #spoilt(): Promise<string[]> {
    const { rig } = this
    const spoilt: string[] = []
    for (const id of ids) {
      if (!(await rig.outcomeOf(rig.cache.isCached(testKey(id)))).cached) continue
      const data = await rig.outcomeOf(this.#read(id, films[id].length, new AbortController().signal))
      if (!data.equals(films[id])) spoilt.push(`${id} differs`)
    }
    return spoilt
  }

  /** After some turns of the queue of microtasks, so that everything comes before and after everything else. */
  async #soon(): Promise<void> {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0
    for (let turns = this.#state >>> 28; turns > 0; turns -= 1) await Promise.resolve()
  }

  #letGo(): void {
    for (const hold of this.#holds.values()) hold.resolve()
    this.#holds.clear()
  }

  #fail(how: {
    readonly call: string
    readonly code: string
    readonly after: number
    readonly times: number
  }) {
    let calls = 0
    this.rig.disk.fault = (call) => {
      if (call !== how.call) return null
      calls += 1
      return calls > how.after && calls <= how.after + how.times ? how.code : null
    }
  }

  #limit(limitBytes: number): void {
    this.rig.cache.setLimits({ limitBytes, reserveBytes: 0, backgroundKbps: null })
  }

  /** Somebody stays with the film open, and reads a part of it. */
  #sit(id: Id, share: number): void {
    const { signal } = this.#leave
    const stay = async (): Promise<void> => {
      const { entryId } = await this.rig.cache.getCachedStreamWithQuality(testKey(id), signal)
      const media = await this.rig.cache.openMedia(entryId, signal)
      if (media.kind !== 'file') throw new Error('not a file')
      signal.addEventListener('abort', () => media[Symbol.dispose]())
      if (signal.aborted) media[Symbol.dispose]()
      await readAll(media.read(0, Math.ceil(films[id].length * share), signal))
    }
    void stay().catch(() => undefined)
  }

  #ask(work: Promise<unknown>): void {
    const answered = work.then(
      () => undefined,
      () => undefined,
    )
    this.#asked.add(answered)
    void answered.then(() => this.#asked.delete(answered))
  }

  /** Somebody looks at a part of it and leaves. */
  async #watch(id: Id, share: number): Promise<void> {
    await this.#read(id, Math.ceil(films[id].length * share), this.#leave.signal)
  }

  async #read(id: Id, end: number, signal: AbortSignal): Promise<Buffer> {
    const { entryId } = await this.rig.cache.getCachedStreamWithQuality(testKey(id), signal)
    const media = await this.rig.cache.openMedia(entryId, signal)
    if (media.kind !== 'file') throw new Error('not a file')
    using file = media
    return await readAll(file.read(0, end, signal))
  }
}

/** Whatever the disk does, every download ends once it is well again. Throws with the shortest case in which one does not. */
export function checkDownloadsEnd(runs: number): Promise<void> {
  const property = fc.asyncProperty(
    fc.array(step, { minLength: 3, maxLength: 14, size: 'max' }),
    fc.nat(),
    async (steps, seed) => {
      const trouble = new Trouble(seed)
      await trouble.open()
      for (const one of steps) await trouble.take(one)
      const problems = await trouble.end()
      if (problems.length > 0) throw new Error(problems.join('\n'))
    },
  )
  return fc.assert(property, { numRuns: runs })
}
