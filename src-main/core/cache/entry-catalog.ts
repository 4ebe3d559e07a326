import { randomBytes } from 'node:crypto'
import type { CacheKey } from '../../../src-preload/contract/index.ts'
import type { Clock } from '../base/clock.ts'
import { defined } from '../base/control.ts'
import { SpoolError } from '../spool-error.ts'
import { generationOf, keyOf, keyText, planOf, replacementReason, sizeOf } from './entry-views.ts'
import type { CacheIndex } from './index/cache-index.ts'
import type { EntryRow } from './index/entries.ts'
import type { Mailbox } from './mailbox.ts'
import { priority } from './schedule/priority.ts'
import { wholeFile } from './store/extents.ts'
import { folderName } from './store/folder-name.ts'
import type { MediaPlan, MediaUpstream } from './upstream.ts'

/** How long a plan that was just asked for is good. */
const freshMs = 10_000

export interface EntryCatalogOptions {
  readonly index: CacheIndex
  readonly upstream: MediaUpstream
  readonly clock: Clock
  readonly mailbox: Mailbox
  readonly nextAccessSeq: () => number
  /** How a new file of this size is cut; null: its size is not known. */
  readonly extentBytesFor: (totalBytes: number | null) => number
  /** Aborts when the cache closes. */
  readonly signal: AbortSignal
  /** A new generation is in the rows; what belonged to the old one must go. */
  readonly onReplaced: (old: EntryRow) => void
}

/** Begins entries and generations, and notices when the source has other bytes. Every method is called inside a turn. */
export class EntryCatalog {
  readonly #options: EntryCatalogOptions
  /** Plans under way, by key: several commands for one new key make one entry. */
  readonly #planning = new Map<string, Promise<EntryRow>>()
  readonly #checkedAt = new Map<string, number>()

  constructor(options: EntryCatalogOptions) {
    this.#options = options
  }

  /**
   * The key's row, made from the source's plan when there is none. Known keys answer without asking anybody.
   * To `play`, something must be here or the source must answer; to `keep`, it may come later.
   */
  ensure(key: CacheKey, purpose: 'play' | 'keep'): EntryRow | Promise<EntryRow> {
    const { index, mailbox, upstream, signal } = this.#options
    const isOutOfReach = purpose === 'play' && !upstream.isReachable(key.sourceId)
    const known = index.entries.byKey(key)
    if (known !== null) {
      if (isOutOfReach && known.bytesPresent === 0) throw new SpoolError('source-unreachable')
      this.#check(known)
      return known
    }
    const text = keyText(key)
    let planning = this.#planning.get(text)
    if (planning === undefined) {
      const forget = (): void => void this.#planning.delete(text)
      planning = mailbox.after(upstream.plan(key, signal), (plan) => {
        forget()
        // Only now: a key that cannot be planned has a more telling error, and plans are remembered.
        if (isOutOfReach) throw new SpoolError('source-unreachable')
        return index.entries.byKey(key) ?? this.#create(key, plan)
      })
      planning.catch(forget)
      this.#planning.set(text, planning)
    }
    return planning
  }

  /** The source was seen to have other bytes. `totalBytes` as the reply told it. */
  replace(row: EntryRow, reason: string, totalBytes: number | null): void {
    const { index, mailbox, upstream, signal } = this.#options
    const generation = index.generations.get(row.generationId)
    if (generation === null) return
    const old = planOf(row, generation)
    // What is remembered of it is of the file that is gone. Without the source's word, everything but the size is as it was.
    const plan = upstream.confirm(keyOf(row), signal).then(
      (now) => now ?? old,
      () => old,
    )
    void mailbox
      .after(plan, (next) => this.#replaceWith(row, next, reason, totalBytes))
      .catch(() => undefined)
  }

  /** Begins an empty generation beside the current one, for a file of it that a server made; answers its id. */
  beginFile(row: EntryRow, mime: string, sizeBytes: number): number {
    const { index, extentBytesFor } = this.#options
    const generation = defined(index.generations.get(row.generationId), 'generation')
    const { title, sourceName } = row
    const key = keyOf(row)
    const storeName = folderName({ key, title, sourceName, random: randomBytes(5).toString('hex') })
    return index.generations.insert({
      entryId: row.id,
      storeName,
      partKey: generation.partKey,
      totalBytes: sizeBytes,
      extentBytes: extentBytesFor(sizeBytes),
      mime,
      durationMs: generation.durationMs,
      bitrateKbps: generation.bitrateKbps,
      segmentMs: null,
      profile: null,
    })
  }

  /** The file beside it is whole and takes the place of the current generation; what was ordered for it is nobody's any more. */
  adoptFile(row: EntryRow, orderId: number, generationId: number): void {
    const { index, clock } = this.#options
    index.durably(() => {
      index.entries.setKind(row.id, 'file')
      index.entries.setGeneration(row.id, generationId)
      index.generations.remove(row.generationId)
      index.doomed.add(row.storeName, row.bytesPresent, clock.now())
      index.orders.release(orderId)
      index.downloads.remove(row.id)
      if (row.bytesPresent > 0)
        index.history.add(clock.now(), row, 'replaced', 'a finished file took their place', row.bytesPresent)
    })
  }

  /** Begins anew what was a finished file and lost a piece: no server has that file any more. Not being able to changes nothing. */
  remake(row: EntryRow): void {
    const { mailbox, upstream, signal } = this.#options
    if (!upstream.isReachable(row.sourceId)) return
    const remade = mailbox.after(upstream.plan(keyOf(row), signal), (plan) => {
      if (plan.kind === 'hls') this.#replaceWith(row, plan, 'a piece of the finished file was damaged', null)
    })
    remade.catch(() => undefined)
  }

  /** Looks in the background whether the file is still the one that is kept. Not being able to look changes nothing. */
  #check(row: EntryRow): void {
    const { index, mailbox, upstream, clock, signal } = this.#options
    const text = keyText(keyOf(row))
    const now = clock.monotonicMs()
    if (now - (this.#checkedAt.get(text) ?? Number.NEGATIVE_INFINITY) < freshMs) return
    if (!upstream.isReachable(row.sourceId)) return
    if (row.kind === 'file' && row.quality !== 'original' && row.completedAt === null) return this.remake(row)
    this.#checkedAt.set(text, now)
    const checked = mailbox.after(upstream.plan(keyOf(row), signal), (plan) => {
      const generation = index.generations.get(row.generationId)
      if (generation === null) return
      const reason = replacementReason(generation, plan, row.kind)
      if (reason !== null) this.#replaceWith(row, plan, reason, null)
      else if (plan.title !== row.title || plan.sourceName !== row.sourceName)
        index.entries.setNames(row.id, plan.title, plan.sourceName)
    })
    checked.catch(() => undefined)
  }

  #create(key: CacheKey, plan: MediaPlan): EntryRow {
    const { index, clock, nextAccessSeq } = this.#options
    this.#checkedAt.set(keyText(key), clock.monotonicMs())
    return index.durably(() => {
      const { title, sourceName, kind } = plan
      const accessSeq = nextAccessSeq()
      const fields = { sourceId: key.sourceId, mediaId: key.mediaId, quality: key.quality }
      const entryId = index.entries.insert({ ...fields, kind, title, sourceName, accessSeq, at: clock.now() })
      this.#begin(entryId, key, plan, null)
      return defined(index.entries.byId(entryId), 'new entry')
    })
  }

  #begin(entryId: number, key: CacheKey, plan: MediaPlan, totalBytes: number | null): void {
    const { index, clock, extentBytesFor } = this.#options
    const { title, sourceName } = plan
    const size = sizeOf(plan, totalBytes)
    const extentBytes = plan.kind === 'file' ? extentBytesFor(size) : wholeFile
    const storeName = folderName({ key, title, sourceName, random: randomBytes(5).toString('hex') })
    const id = index.generations.insert(
      generationOf(plan, { entryId, storeName, totalBytes: size, extentBytes }),
    )
    index.entries.setGeneration(entryId, id)
    index.generations.setMatched(id, clock.now())
  }

  #replaceWith(row: EntryRow, plan: MediaPlan, reason: string, totalBytes: number | null): void {
    const { index, clock, onReplaced } = this.#options
    const current = index.entries.byId(row.id)
    if (current === null || current.generationId !== row.generationId) return
    index.durably(() => {
      const at = clock.now()
      index.entries.setKind(row.id, plan.kind)
      this.#begin(row.id, keyOf(row), plan, totalBytes)
      index.generations.remove(current.generationId)
      index.doomed.add(current.storeName, current.bytesPresent, at)
      index.history.add(at, row, 'replaced', reason, current.bytesPresent)
      // What was wanted whole is wanted whole again.
      if (current.isPinned === 1) index.downloads.add(row.id, priority.fill)
    })
    onReplaced(current)
  }
}
