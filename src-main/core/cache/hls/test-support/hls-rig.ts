import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Database } from 'better-sqlite3'
import { asMediaId, asQuality, asSourceId } from '../../../../../src-preload/contract/index.ts'
import { systemClock } from '../../../base/clock.ts'
import { openDatabase } from '../../../db/open-database.ts'
import type { Logger } from '../../../ports.ts'
import type { EntryContext, EntryResource } from '../../entry-resource.ts'
import type { SegmentBody } from '../../handle.ts'
import { entryStatements } from '../../index/entries.ts'
import { generationStatements } from '../../index/generations.ts'
import { LinkMeter } from '../../schedule/link-meter.ts'
import { SlotKeeper } from '../../schedule/slot-keeper.ts'
import { nodeFs } from '../../store/cache-fs.ts'
import { wholeFile } from '../../store/extents.ts'
import { createHasher } from '../../store/hasher.ts'
import { SourceMemories } from '../../source-memory.ts'
import type { HlsPlan } from '../../upstream.ts'
import { createHlsEntry } from '../hls-entry.ts'
import type { HlsTiming } from '../hls-timing.ts'
import { OriginUpstream } from './origin-upstream.ts'
import { TranscodeOrigin } from './transcode-origin.ts'

export const quickTiming: HlsTiming = {
  holdMs: 2_000,
  giveUpMs: 3_000,
  replyMs: 300,
  bodyStallMs: 200,
  startMs: 300,
  retryMs: 10,
  endedMs: 20,
  reopenMs: 1,
  reopenMaxMs: 20,
  fillFirstMs: 600,
  fillNextMs: 150,
  fillBusyMs: 50,
  fillPauseMs: 20,
  fillPauseMaxMs: 100,
  nearMs: 2_000,
  graceMs: 50,
}

const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const migrationsFolder = join(import.meta.dirname, '../../../../../migrations/cache')
const hasher = await createHasher()

/** One HLS entry on real rows, files and sockets, with what the actor would see of it. */
export class HlsRig implements AsyncDisposable {
  readonly root = mkdtempSync(join(tmpdir(), 'spool-hls-'))
  readonly folder = join(this.root, 'entry')
  readonly origin: TranscodeOrigin
  readonly upstream: OriginUpstream
  readonly db: Database
  readonly plan: HlsPlan
  readonly served = { memory: 0, disk: 0, 'passed-through': 0, fetched: 0 }
  readonly history: { action: string; reason: string; bytes: number }[] = []
  readonly replaced: string[] = []
  readonly diskErrors: unknown[] = []
  waiting = 0
  idleCalls = 0
  reservedBytes = 0
  hasRoom = true
  /** Downloads may not read on, as while somebody watches. */
  isGateShut = false
  timing: HlsTiming = quickTiming
  entry: EntryResource
  readonly #generationId: number
  readonly #entryId: number

  static async start(segments: readonly Buffer[], init: Buffer | null = null): Promise<HlsRig> {
    const origin = new TranscodeOrigin(segments, init)
    await origin.listen()
    return new HlsRig(origin, segments.length)
  }

  private constructor(origin: TranscodeOrigin, count: number) {
    this.origin = origin
    this.upstream = new OriginUpstream(origin)
    this.plan = {
      kind: 'hls',
      title: 'A film',
      sourceName: 'A server',
      durationMs: count * 1000,
      partKey: '/library/parts/1/2/file.mkv',
      mime: 'application/vnd.apple.mpegurl',
      bitrateKbps: 200,
      segmentMs: 1000,
      profile: 'h264 200 kbit/s',
    }
    writeFileSync(join(this.root, 'CACHEDIR.TAG'), '')
    const path = join(this.root, 'cache.db')
    this.db = openDatabase({ path, migrationsFolder, clock: systemClock, logger: silent }).db
    const entries = entryStatements(this.db)
    const kind = 'hls' as const
    this.#entryId = entries.insert({
      ...this.key,
      kind,
      title: 'A film',
      sourceName: 'A server',
      at: 1,
      accessSeq: 1,
    })
    this.#generationId = generationStatements(this.db).insert({
      entryId: this.#entryId,
      storeName: 'entry',
      partKey: this.plan.partKey,
      totalBytes: null,
      mime: this.plan.mime,
      durationMs: this.plan.durationMs,
      bitrateKbps: this.plan.bitrateKbps,
      segmentMs: this.plan.segmentMs,
      profile: this.plan.profile,
      extentBytes: wholeFile,
    })
    entries.setGeneration(this.#entryId, this.#generationId)
    this.entry = createHlsEntry(this.#context(), this.timing)
  }

  get key() {
    return { sourceId: asSourceId('s'), mediaId: asMediaId('m'), quality: asQuality('480p-200k') }
  }

  /** As after a restart of the process: everything in memory is gone. */
  async restart(): Promise<void> {
    await this.entry.close()
    this.entry = createHlsEntry(this.#context(), this.timing)
  }

  generation() {
    const row = generationStatements(this.db).get(this.#generationId)
    if (row === null) throw new Error('the generation is gone')
    return row
  }

  segmentRows(): { seq: number; epochId: number; file: string; sizeBytes: number }[] {
    const sql =
      'SELECT seq, epoch_id AS epochId, file, size_bytes AS sizeBytes FROM cache_segments ORDER BY seq'
    return this.db.prepare<[], { seq: number; epochId: number; file: string; sizeBytes: number }>(sql).all()
  }

  async files(): Promise<string[]> {
    return (await readdir(join(this.folder, 's')).catch(() => [])).map((name) => `s/${name}`).sort()
  }

  /** Opens, reads one segment whole, closes. */
  async read(seq: number, signal?: AbortSignal): Promise<Buffer> {
    using media = this.#openHls()
    await media.playlist(signal ?? never)
    return await readAll(await media.segment(`${seq}.ts`, signal ?? never))
  }

  #openHls() {
    const media = this.entry.open()
    if (media.kind !== 'hls') throw new Error('not HLS')
    return media
  }

  open = () => this.#openHls()

  /** Closes, and throws when anything is left that should not be. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.entry.close()
    const left = {
      sessions: this.origin.liveSessions,
      foregroundWaits: this.waiting,
      reservedBytes: this.reservedBytes,
      busy: Number(this.entry.isBusy),
    }
    const isClean = Object.values(left).every((count) => count === 0)
    await this.upstream.close()
    await this.origin.close().catch(() => undefined)
    this.db.close()
    rmSync(this.root, { recursive: true, force: true })
    if (!isClean) throw new Error(`left behind: ${JSON.stringify(left)}`)
  }

  #context(): EntryContext {
    return {
      key: this.key,
      entryId: this.#entryId,
      generation: this.generation(),
      plan: this.plan,
      folder: this.folder,
      fs: nodeFs,
      db: this.db,
      source: new SourceMemories(systemClock, () => Promise.resolve(), new AbortController().signal).of('s'),
      upstream: this.upstream,
      clock: systemClock,
      logger: silent,
      hasher,
      background: {
        isHeld: this.isGateShut,
        isStalled: false,
        isRungAwaited: false,
        tryPass: () => !this.isGateShut,
        pass: (_, signal) => (this.isGateShut ? untilAborted(signal) : Promise.resolve()),
        foregroundWait: () => {
          this.waiting += 1
          return { [Symbol.dispose]: () => void (this.waiting -= 1) }
        },
        foregroundFetch: () => ({ [Symbol.dispose]: () => undefined }),
      },
      slots: new SlotKeeper(),
      link: new LinkMeter(systemClock),
      freeBytes: () => 10 ** 12,
      meter: {
        served: (from, bytes) => void (this.served[from] += bytes),
        fetched: (bytes) => void (this.served.fetched += bytes),
        failed: () => undefined,
        count: () => undefined,
        took: () => undefined,
        inMemory: () => undefined,
        oddReply: () => undefined,
      },
      onChange: () => undefined,
      onIdle: () => void (this.idleCalls += 1),
      onUse: () => undefined,
      onReplaced: (reason) => void this.replaced.push(reason),
      record: (action, reason, bytes) => void this.history.push({ action, reason, bytes }),
      reserve: (bytes) => Promise.resolve(this.#reserve(bytes)),
      onDiskError: (error) => void this.diskErrors.push(error),
    }
  }

  #reserve(bytes: number) {
    if (!this.hasRoom) return null
    this.reservedBytes += bytes
    return { bytes, use: () => undefined, [Symbol.dispose]: () => void (this.reservedBytes -= bytes) }
  }
}

const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))

/** A signal that never aborts. */
export const never = new AbortController().signal

export async function readAll(body: SegmentBody): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for (let piece = await body.reader.read(); piece !== null; piece = await body.reader.read())
    pieces.push(piece)
  return Buffer.concat(pieces)
}
