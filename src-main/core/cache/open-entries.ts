import type { Clock } from '../base/clock.ts'
import { defined } from '../base/control.ts'
import type { Logger } from '../ports.ts'
import { SpoolError } from '../spool-error.ts'
import type { EntryContext, EntryResource, OpenEntryResource, ServedMeter } from './entry-resource.ts'
import { EntryActivity } from './entry-activity.ts'
import { keyOf, planOf, titleText } from './entry-views.ts'
import type { CacheIndex } from './index/cache-index.ts'
import type { EntryRow } from './index/entries.ts'
import { LeavingEntries } from './leaving-entries.ts'
import type { Scheduler } from './schedule/scheduler.ts'
import type { SourceMemories } from './source-memory.ts'
import type { FolderStore } from './store/folder-store.ts'
import type { Hasher } from './store/hasher.ts'
import type { MediaUpstream } from './upstream.ts'

/** Nobody reads and nothing is fetched for so long: it is closed. */
const idleMs = 10_000
const touchMs = 5_000

export interface OpenEntriesOptions {
  readonly index: CacheIndex
  readonly store: FolderStore
  readonly upstream: MediaUpstream
  readonly sources: SourceMemories
  readonly clock: Clock
  readonly logger: Logger
  readonly hasher: Hasher
  readonly scheduler: Scheduler
  /** Bytes that may still be kept. */
  readonly freeBytes: () => number
  readonly meter: ServedMeter
  readonly openers: Readonly<Record<'file' | 'hls', OpenEntryResource>>
  /** Runs something as a turn of the actor. */
  readonly post: (name: string, turn: () => void) => void
  readonly reserve: EntryContext['reserve']
  readonly onDiskError: EntryContext['onDiskError']
  /** Something recorded is not on the disk as it was. */
  readonly onDamage: (row: EntryRow) => void
  readonly onChange: (entryId: number) => void
  readonly onReplaced: (generationId: number, reason: string, totalBytes: number | null) => void
  /** Whether Spool's own player shows this title. */
  readonly isShown: (title: string) => boolean
}

interface OpenEntry {
  readonly resource: EntryResource
  readonly activity: EntryActivity
  readonly generationId: number
  readonly sourceId: string
  idleTimer: Disposable | null
  /** By the monotonic clock. */
  idleSince: number
  touchedAt: number
  /** What it was given when it was last touched. */
  touchedSeq: number
  closing: Promise<void> | null
}

/** The open entries of the actor, at most one resource each. Every method is called inside a turn. */
export class OpenEntries {
  readonly #options: OpenEntriesOptions
  readonly #open = new Map<number, OpenEntry>()
  /** Of entries that are gone, until nobody reads them any more. */
  readonly #retiring = new Set<OpenEntry>()
  readonly #leaving: LeavingEntries
  /** What is fetched beside an entry's current generation. */
  readonly #beside = new Map<number, EntryActivity>()
  #isClosed = false
  #accessSeq: number

  constructor(options: OpenEntriesOptions) {
    this.#options = options
    this.#leaving = new LeavingEntries(options)
    this.#accessSeq = options.index.entries.maxSeq()
  }

  get size(): number {
    return this.#open.size
  }

  get resources(): EntryResource[] {
    return [...this.#open.values(), ...this.#retiring].map(({ resource }) => resource)
  }

  /** A counter, so that a clock that jumps does not reorder what was used last. */
  nextAccessSeq(): number {
    this.#accessSeq += 1
    return this.#accessSeq
  }

  /** What the open entry is doing; null when it is not open. */
  activity(entryId: number): EntryActivity | null {
    return this.#beside.get(entryId) ?? this.#open.get(entryId)?.activity ?? null
  }

  /** The open resource, if there is one and it is not closing. */
  peek(entryId: number): EntryResource | null {
    const entry = this.#open.get(entryId)
    return entry === undefined || entry.closing !== null ? null : entry.resource
  }

  /** The same, used right now: without a look at the rows, as this is asked for every range that a player wants. */
  use(entryId: number): EntryResource | null {
    const resource = this.peek(entryId)
    const entry = this.#open.get(entryId)
    // Nothing was used since: writing that down again would change no order.
    if (resource !== null && entry !== undefined && entry.touchedSeq !== this.#accessSeq)
      this.#write(entryId, entry)
    return resource
  }

  /** Opens it if need be. A promise only when the previous one is still closing: ask again then. Throws `cancelled` once the cache closes. */
  get(row: EntryRow): EntryResource | Promise<void> {
    const known = this.#open.get(row.id)
    if (known !== undefined) return known.closing ?? known.resource
    // Nobody would close it: those that are open are being closed now.
    if (this.#isClosed) throw new SpoolError('cancelled')
    const generation = this.#options.index.generations.get(row.generationId)
    if (generation === null) throw new SpoolError('unknown-media')
    const { clock, meter, scheduler } = this.#options
    const activity = new EntryActivity(clock, meter, scheduler.gate, row)
    const entry: OpenEntry = {
      resource: this.#options.openers[row.kind](this.#context(row, activity)),
      activity,
      generationId: row.generationId,
      sourceId: row.sourceId,
      idleTimer: null,
      idleSince: clock.monotonicMs(),
      touchedAt: Number.NEGATIVE_INFINITY,
      touchedSeq: 0,
      closing: null,
    }
    this.#open.set(row.id, entry)
    this.#options.index.entries.setDirty(row.id, true)
    this.#onIdle(row.id, row.generationId)
    return entry.resource
  }

  /**
   * A resource over a generation that is not the entry's current one: it belongs to whoever asks, who closes it.
   * `row` with the generation's own id and kind.
   */
  openBeside(row: EntryRow, overrides: Partial<EntryContext>): EntryResource {
    const { openers, clock, meter, scheduler } = this.#options
    const activity = new EntryActivity(clock, meter, scheduler.gate, row)
    this.#beside.set(row.id, activity)
    const context = this.#context(row, activity)
    return openers[row.kind]({ ...context, onIdle: () => undefined, ...overrides })
  }

  /** The resource beside the entry is closed. */
  closedBeside(entryId: number): void {
    this.#beside.delete(entryId)
  }

  /**
   * The rows of the entry's segments are gone, and a file has taken their place; who plays the segments goes on with them until it leaves.
   * Resolves when the folder may be deleted. What is missing is fetched for the viewer and not kept.
   */
  leave(row: EntryRow): Promise<void> {
    const entry = this.#open.get(row.id)
    if (entry === undefined || entry.closing !== null) return this.retire(row.id, false, 'cancelled')
    this.#leaving.add(row.id, titleText(row), entry.resource)
    return this.retire(row.id, false, 'cancelled')
  }

  /** The segments that a viewer of this entry began with; null when there are none, or when everybody has left. */
  useLeaving(entryId: number): EntryResource | null {
    return this.#leaving.use(entryId)
  }

  isOpen(entryId: number): boolean {
    return this.#open.has(entryId)
  }

  isInUse(entryId: number): boolean {
    const resource = this.peek(entryId)
    return resource !== null && (resource.readerCount > 0 || resource.isBusy)
  }

  /** The rows are gone; resolves when the folder may be deleted. */
  retire(entryId: number, force: boolean, reason: 'cancelled' | 'bad-reply'): Promise<void> {
    const entry = this.#open.get(entryId)
    if (entry === undefined) return Promise.resolve()
    entry.idleTimer?.[Symbol.dispose]()
    this.#open.delete(entryId)
    this.#retiring.add(entry)
    return Promise.all([entry.closing, entry.resource.retire(force, reason)]).then(() => {
      this.#retiring.delete(entry)
    })
  }

  onReachabilityChange(sourceId: string, isReachable: boolean): void {
    for (const entry of [...this.#open.values(), ...this.#retiring])
      if (entry.sourceId === sourceId) entry.resource.onReachabilityChange(isReachable)
  }

  /** The cache disk is connected again. */
  onDiskReturn(): void {
    for (const { resource } of this.#open.values()) resource.onDiskReturn()
  }

  wake(): void {
    for (const entry of [...this.#open.values(), ...this.#retiring]) entry.resource.wake?.()
  }

  async closeAll(): Promise<void> {
    this.#isClosed = true
    this.#leaving.stop()
    const retiring = [...this.#retiring].map(({ resource }) => resource.close())
    await Promise.all([...[...this.#open.keys()].map((entryId) => this.#close(entryId)), ...retiring])
  }

  #context(row: EntryRow, activity: EntryActivity): EntryContext {
    const options = this.#options
    const { index, clock } = options
    const generation = defined(index.generations.get(row.generationId), 'generation')
    const key = keyOf(row)
    return {
      key,
      entryId: row.id,
      generation,
      plan: planOf(row, generation),
      folder: options.store.pathOf(generation.storeName),
      fs: options.store.fs,
      db: index.db,
      upstream: options.upstream,
      source: options.sources.of(row.sourceId),
      clock,
      logger: options.logger,
      hasher: options.hasher,
      background: activity,
      slots: options.scheduler.slots,
      link: options.scheduler.linkOf(row.sourceId),
      freeBytes: options.freeBytes,
      meter: activity,
      reserve: options.reserve,
      onDiskError: options.onDiskError,
      onChange: () => options.onChange(row.id),
      onIdle: () => options.post('idle', () => this.#onIdle(row.id, generation.id)),
      onUse: () => this.#touch(row.id, generation.id),
      onReplaced: (reason, totalBytes) => options.onReplaced(generation.id, reason, totalBytes),
      record: (action, reason, bytes) => {
        if (action === 'damaged') activity.count('damaged')
        index.history.add(clock.now(), row, action, reason, bytes)
        if (action === 'damaged') options.onDamage(row)
      },
    }
  }

  #touch(entryId: number, generationId: number): void {
    const entry = this.#open.get(entryId)
    if (entry?.generationId !== generationId) return
    if (this.#options.clock.monotonicMs() - entry.touchedAt >= touchMs) this.#write(entryId, entry)
  }

  #write(entryId: number, entry: OpenEntry): void {
    const { clock, index } = this.#options
    entry.touchedAt = clock.monotonicMs()
    entry.touchedSeq = this.nextAccessSeq()
    index.entries.touch(entryId, entry.touchedSeq, clock.now())
  }

  #onIdle(entryId: number, generationId: number): void {
    const entry = this.#open.get(entryId)
    if (entry?.generationId !== generationId) return
    entry.idleSince = this.#options.clock.monotonicMs()
    // Every range that a player asked for comes by here when it is done: the timer runs on and looks for itself.
    if (entry.idleTimer === null) this.#closeLater(entryId, entry, idleMs)
  }

  #closeLater(entryId: number, entry: OpenEntry, delayMs: number): void {
    const { clock, post } = this.#options
    const look = (): void => {
      entry.idleTimer = null
      if (this.#open.get(entryId) !== entry) return
      const leftMs = this.isInUse(entryId) ? idleMs : entry.idleSince + idleMs - clock.monotonicMs()
      if (leftMs > 0) this.#closeLater(entryId, entry, leftMs)
      else void this.#close(entryId)
    }
    entry.idleTimer = clock.after(delayMs, () => post('close idle', look))
  }

  async #close(entryId: number): Promise<void> {
    const entry = this.#open.get(entryId)
    if (entry === undefined) return
    entry.idleTimer?.[Symbol.dispose]()
    entry.closing ??= entry.resource.close().then(() => {
      if (this.#open.get(entryId) !== entry) return
      this.#open.delete(entryId)
      // Later than its deadline, when nobody waits any more: the next start takes it for what it is, not closed.
      const { entries, db } = this.#options.index
      if (db.open) entries.setDirty(entryId, false)
    })
    await entry.closing
  }
}
