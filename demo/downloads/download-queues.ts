import { renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { startWatchdog, type Watchdog } from '../transcode/watchdog.ts'
import { queueStatus, type DownloadItem, type DownloadQueueRow } from './download-item.ts'
import type { DownloadStore } from './download-store.ts'
import { startFileEncoder, type FileJob } from './file-encoder.ts'

const TICK_MS = 50
/** So long a decision takes; until then an item has none. */
const DECIDING_MS = 100

/** An order as it comes in. */
export type NewItem = Pick<
  DownloadItem,
  'queueId' | 'key' | 'parameters' | 'ratingKey' | 'mediaIndex' | 'partIndex' | 'plan' | 'container'
>

/** What an item is made from. */
export type ItemSource = Pick<FileJob, 'part' | 'inputPath' | 'burnedSubtitlePath' | 'font'>

interface Making {
  readonly itemId: number
  readonly encoder: Disposable
  readonly scratchPath: string
  encodedS: number
  /** As much as the chosen speed allows. */
  allowedS: number
  hasEnded: boolean
}

/** All clients' download queues. One file is made at a time, beside whatever plays. */
export class DownloadQueues implements Disposable {
  /** Set by `/demo/control`: a multiple of real time, null for as fast as the machine can. */
  encoderSpeed: number | null = null
  /** So many of the next encodes fail. */
  failures = 0
  readonly #store: DownloadStore
  readonly #sourceOf: (item: DownloadItem) => ItemSource | null
  readonly #timer: NodeJS.Timeout
  readonly #decidingSince = new Map<number, number>()
  #watchdog: Watchdog | null = null
  #making: Making | null = null
  #isServing = true
  #tickedAt = performance.now()

  constructor(store: DownloadStore, sourceOf: (item: DownloadItem) => ItemSource | null) {
    this.#store = store
    this.#sourceOf = sourceOf
    this.#timer = setInterval(() => this.#tick(), TICK_MS).unref()
  }

  /** A server that does not serve encodes nothing either; what it was at begins anew afterwards. */
  setServing(isServing: boolean): void {
    this.#isServing = isServing
    if (!isServing) this.#abandon()
  }

  get items(): readonly DownloadItem[] {
    return this.#store.state.items
  }

  queueOf(clientIdentifier: string): DownloadQueueRow {
    const { state } = this.#store
    const known = state.queues.find((queue) => queue.clientIdentifier === clientIdentifier)
    if (known) return known
    const made = { id: state.nextId, clientIdentifier }
    this.#store.set({ ...state, queues: [...state.queues, made], nextId: state.nextId + 1 })
    return made
  }

  queue(id: number): DownloadQueueRow | null {
    return this.#store.state.queues.find((queue) => queue.id === id) ?? null
  }

  statusOf(queueId: number): string {
    return queueStatus(this.itemsOf(queueId))
  }

  itemsOf(queueId: number): DownloadItem[] {
    return this.items.filter((item) => item.queueId === queueId)
  }

  item(queueId: number, id: number): DownloadItem | null {
    return this.itemsOf(queueId).find((item) => item.id === id) ?? null
  }

  /** The same order again is the one that is there. */
  add(order: NewItem): DownloadItem {
    const isSame = (item: DownloadItem): boolean =>
      item.key === order.key && item.parameters === order.parameters && item.status !== 'expired'
    const known = this.itemsOf(order.queueId).find(isSame)
    if (known) return known
    const { state } = this.#store
    const item: DownloadItem = {
      ...order,
      id: state.nextId,
      status: 'deciding',
      error: null,
      run: 0,
      startedAtS: null,
      sizeBytes: null,
    }
    this.#decidingSince.set(item.id, performance.now())
    this.#store.set({ ...state, items: [...state.items, item], nextId: state.nextId + 1 })
    return item
  }

  restart(item: DownloadItem): void {
    if (this.#making?.itemId === item.id) this.#abandon()
    this.#store.removeFile(item)
    this.#change(item.id, { status: 'waiting', error: null, sizeBytes: null, startedAtS: null })
  }

  remove(item: DownloadItem): void {
    if (this.#making?.itemId === item.id) this.#abandon()
    this.#store.removeFile(item)
    const { state } = this.#store
    this.#store.set({ ...state, items: state.items.filter(({ id }) => id !== item.id) })
  }

  /** Finished files are not kept for ever. */
  expireAll(): void {
    for (const item of this.items.filter(({ status }) => status === 'available')) {
      this.#store.removeFile(item)
      this.#change(item.id, { status: 'expired', sizeBytes: null })
    }
  }

  pathOf(item: DownloadItem): string {
    const source = item.plan === null ? this.#sourceOf(item) : null
    return source?.inputPath ?? this.#store.pathOf(item)
  }

  /** Of the encode that runs for an item, in percent; 100 when there is a file. */
  progressOf(item: DownloadItem): number {
    if (item.status === 'available') return 100
    const part = this.#sourceOf(item)?.part
    if (this.#making?.itemId !== item.id || !part) return 0
    return Math.min(99.9, (this.#visibleS(this.#making) * 100_000) / part.durationMs)
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
    this.#abandon()
    this.#watchdog?.[Symbol.dispose]()
    this.#store.removeIfEmpty()
  }

  #tick(): void {
    const now = performance.now()
    const elapsedS = (now - this.#tickedAt) / 1000
    this.#tickedAt = now
    if (!this.#isServing) return
    for (const item of this.items.filter(({ status }) => status === 'deciding'))
      if (now - (this.#decidingSince.get(item.id) ?? 0) > DECIDING_MS) this.#decided(item)
    if (this.#making === null) {
      const next = this.items.find(({ status }) => status === 'waiting')
      if (next) this.#start(next)
    }
    if (this.#making !== null) this.#advance(this.#making, elapsedS)
  }

  #decided(item: DownloadItem): void {
    this.#decidingSince.delete(item.id)
    if (item.plan !== null) return this.#change(item.id, { status: 'waiting' })
    const source = this.#sourceOf(item)
    if (source) this.#change(item.id, { status: 'available', sizeBytes: statSync(source.inputPath).size })
    else this.#change(item.id, { status: 'error', error: 'no such part' })
  }

  #start(item: DownloadItem): void {
    const source = this.#sourceOf(item)
    if (!source || item.plan === null)
      return this.#change(item.id, { status: 'error', error: 'no such part' })
    const run = item.run + 1
    this.#change(item.id, { status: 'processing', run, startedAtS: Date.now() / 1000 })
    const scratch = this.#store.scratchFolder()
    this.#watchdog ??= startWatchdog(scratch)
    const scratchPath = join(scratch, `${item.id}-${run}.${item.container}`)
    const isDoomed = this.failures > 0
    if (isDoomed) this.failures -= 1
    const job = { ...source, plan: item.plan, container: item.container, outputPath: scratchPath, run }
    const encoder = startFileEncoder(
      isDoomed ? { ...job, inputPath: `${source.inputPath}.missing` } : job,
      this.#watchdog,
      {
        progress: (encodedS) => (making.encodedS = encodedS),
        ended: (complaint) => this.#ended(making, complaint),
      },
    )
    const making: Making = {
      itemId: item.id,
      encoder,
      scratchPath,
      encodedS: 0,
      allowedS: 0,
      hasEnded: false,
    }
    this.#making = making
  }

  #ended(making: Making, complaint: string | null): void {
    if (this.#making !== making) return
    making.hasEnded = true
    if (complaint === null) return
    console.error(`download ${making.itemId}: ${complaint}`)
    this.#making = null
    rmSync(making.scratchPath, { force: true })
    this.#change(making.itemId, { status: 'error', error: 'Conversion failed. The transcoder crashed.' })
  }

  /** A file counts as finished only when the chosen speed would have finished it. */
  #advance(making: Making, elapsedS: number): void {
    making.allowedS = this.encoderSpeed === null ? Infinity : making.allowedS + elapsedS * this.encoderSpeed
    const item = this.items.find(({ id }) => id === making.itemId)
    const part = item && this.#sourceOf(item)?.part
    if (!item || !part || !making.hasEnded || making.allowedS * 1000 < part.durationMs) return
    this.#making = null
    renameSync(making.scratchPath, this.#store.pathOf(item))
    const sizeBytes = statSync(this.#store.pathOf(item)).size
    this.#change(item.id, { status: 'available', sizeBytes })
  }

  #visibleS(making: Making): number {
    return Math.min(making.encodedS, making.allowedS)
  }

  #abandon(): void {
    const making = this.#making
    if (making === null) return
    this.#making = null
    making.encoder[Symbol.dispose]()
    rmSync(making.scratchPath, { force: true })
    this.#change(making.itemId, { status: 'waiting', startedAtS: null })
  }

  #change(id: number, change: Partial<DownloadItem>): void {
    const { state } = this.#store
    this.#store.set({
      ...state,
      items: state.items.map((item) => (item.id === id ? { ...item, ...change } : item)),
    })
  }
}
