import type { Database } from 'better-sqlite3'
import type {
  CacheKey,
  ErrorCode,
  HistoryRow,
  OddReply,
  TimeRange,
  WaitingReason,
} from '../../../src-preload/contract/index.ts'
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../ports.ts'
import type { OpenMedia } from './handle.ts'
import type { GenerationRow } from './index/generations.ts'
import type { CacheFs } from './store/cache-fs.ts'
import type { SourceMemory } from './source-memory.ts'
import type { Hasher } from './store/hasher.ts'
import type { LinkMeter } from './schedule/link-meter.ts'
import type { Priority } from './schedule/priority.ts'
import type { SlotKeeper } from './schedule/slot-keeper.ts'
import type { MediaPlan, MediaUpstream } from './upstream.ts'

/**
 * One open entry: everything that knows how its bytes are laid out. There are two kinds, byte ranges (`file/`) and
 * segments (`hls/`); the FileCache actor owns them, opens at most one per entry, and knows nothing of their insides.
 *
 * An EntryResource is made synchronously inside a turn: it may read rows, and does no other I/O until it is asked for something.
 * It belongs to exactly one generation and never outlives it.
 */
export interface EntryResource {
  /** By durable rows, never by counters: what a restart would find. */
  status(): ResourceStatus
  /** What is kept, on the title's timeline; sorted, merged. */
  present(): readonly TimeRange[]
  current(): ResourceActivity
  /** Handles given out by `open` and not disposed yet. */
  readonly readerCount: number
  /** True while it fetches, writes or holds a session; the actor does not close it then. */
  readonly isBusy: boolean
  /** A handle for reading. `context.onIdle` is called whenever the last one was disposed. */
  open(): OpenMedia
  /**
   * Fetches everything that is missing, politely (`context.background`). Resolves when all of it is in rows, or when it cannot
   * go on for now. Rejects with a SpoolError when it will not get better by itself, with the signal's reason when aborted.
   * At most one at a time. `of`: how urgent it is; as what somebody asked to keep, unless said.
   */
  fill(signal: AbortSignal, of?: Priority): Promise<FillResult>
  /** The source began or ceased to answer. */
  onReachabilityChange(isReachable: boolean): void
  /** The computer has slept: connections are dead without anybody having been told, and no time was waited in vain. */
  wake?(): void
  /** The cache disk is connected again: what is kept can be read. */
  onDiskReturn(): void
  /**
   * Lets go of what was played, if that can go by itself, so that the rest of a title larger than the cache has room. Resolves with the bytes
   * that are gone from the disk, perhaps none.
   */
  dropPlayed(neededBytes: number): Promise<number>
  /**
   * Reads what is recorded, piece by piece from number `from` on, and compares it with its rows; what differs loses its row before it is told.
   * As fast as it is pulled. Ends early when the entry is removed. Throws `cache-disk-missing` when the disk cannot be asked.
   */
  check(from?: number): AsyncIterable<CheckedPiece>
  /** Fetches a piece again that `check` found lost. False when it cannot be kept now, or comes with the next download. */
  repair(index: number, signal: AbortSignal): Promise<boolean>
  /**
   * The rows are gone (removed, evicted, replaced): write no row any more. Resolves once nothing of this touches the folder:
   * with `force` at once, readers ending with `reason`; else when the last handle is disposed.
   */
  retire(force: boolean, reason: 'cancelled' | 'bad-reply'): Promise<void>
  /** Stops fetching, ends readers with `cancelled`, writes out, syncs, commits. Never rejects. */
  close(): Promise<void>
}

/** A chunk of a file or a segment of a rung, compared with what was recorded of it. */
export interface CheckedPiece {
  readonly index: number
  readonly bytes: number
  readonly result: 'sound' | 'damaged' | 'missing'
}

export interface ResourceStatus {
  readonly bytesPresent: number
  readonly bytesTotal: number | null
  readonly bytesTotalIsEstimate: boolean
  readonly complete: boolean
}

/** What it is doing now, beyond what the actor sees pass; unknowns are null. */
export interface ResourceActivity {
  /** Playback time that is here without a gap from the reader's position on. */
  readonly aheadMs: number | null
  readonly waitingReason: WaitingReason | null
  /** Until it asks the source again after a failure; null when it is not waiting for that. */
  readonly retryInMs: number | null
}

export type FillResult = 'complete' | { readonly parked: WaitingReason; readonly retryAfterMs: number }

/**
 * What a resource gets from the actor. Immutable values are those of its one generation.
 *
 * Contract for rows: in the transaction that inserts chunk or segment rows, the resource also brings `cache_generations`
 * up to date (`bytes_present`; `total_bytes`, `segment_count` when learnt; `completed_at` set when the last piece is in and set to null
 * when one is lost), then calls `onChange`. Statements for that: `index/generations.ts`.
 */
export interface EntryContext {
  readonly key: CacheKey
  readonly entryId: number
  /** As it was when the resource was opened. */
  readonly generation: GenerationRow
  /** Derived from rows, so it is known offline too. Never changes: another plan is another generation and another resource. */
  readonly plan: MediaPlan
  /** Absolute; may not exist yet: make it before the first write. Nothing but this resource writes below it. */
  readonly folder: string
  /** Of the disk that the folder is on. */
  readonly fs: CacheFs
  readonly db: Database
  readonly upstream: MediaUpstream
  /** What its source has shown of itself, shared with the other entries of that source. */
  readonly source: SourceMemory
  readonly clock: Clock
  readonly logger: Logger
  readonly hasher: Hasher
  readonly background: BackgroundGate
  /** Places for requests to the source. */
  readonly slots: SlotKeeper
  /** What the source's link gives. */
  readonly link: LinkMeter
  readonly meter: ServedMeter
  /** Bytes that may still be kept; of some seconds ago. */
  readonly freeBytes: () => number
  /** Rows changed: status() answers something new. Cheap; call it after every transaction. */
  onChange(): void
  /** The last handle was disposed, or work ended while there was none: it may be closed when it is not busy. */
  onIdle(): void
  /** The last read position moved: for the order in which entries are evicted. Cheap; throttled by the actor. */
  onUse(): void
  /** The source has other bytes under this key than this generation: begin a new one. `totalBytes` when a reply told. */
  onReplaced(reason: string, totalBytes: number | null): void
  /** `bytes` of the pieces lost. */
  record(action: HistoryRow['action'], reason: string, bytes: number): void
  /**
   * Room for bytes about to be fetched and kept; evicts others when needed. Null: there is none, so play on without keeping.
   * While it is held the bytes count as used; `use` says that some of them are in rows now.
   */
  reserve(bytes: number): Promise<Reservation | null>
  /** A write or sync failed. ENOSPC starts an emergency pass; for a while after, `reserve` answers null. */
  onDiskError(error: unknown): void
}

export interface Reservation extends Disposable {
  readonly bytes: number
  use(bytes: number): void
}

/** Keeps downloads out of the way: the person's ceiling, and whoever is watching right now. */
export interface BackgroundGate {
  /** Downloads hold still for somebody who waits. */
  readonly isHeld: boolean
  /** A player of this source has nothing: what is fetched ahead can wait. */
  readonly isStalled: boolean
  /** A player waits for a rung of this title: if it plays the file, it is leaving it. */
  readonly isRungAwaited: boolean
  /** Takes `bytes` at once if it may; false: call `pass`. Of what somebody asked to keep, unless said. */
  tryPass(bytes: number, of?: Priority): boolean
  /** Resolves when `bytes` more may be read from the source for a download. Rejects with the signal's reason. */
  pass(bytes: number, signal: AbortSignal, of?: Priority): Promise<void>
  /** A player has nothing; dispose when it has. Downloads hold still. */
  foregroundWait(): Disposable
  /** Something is being fetched that a player will need; dispose when it is not. Downloads from this source hold still. */
  foregroundFetch(): Disposable
}

/** Counts media bytes where they pass. Call `served` exactly once for every byte handed to a player. */
export interface ServedMeter {
  served(from: 'memory' | 'disk' | 'passed-through', bytes: number): void
  fetched(bytes: number): void
  /** A reply that was not what was asked for. */
  oddReply(kind: OddReply): void
  /** Something went wrong that a person may want to know of; it is tried again, or whoever waits was told. */
  failed(code: ErrorCode): void
  /** Once, unless said. */
  count(what: Counted, by?: number): void
  took(what: Timed, ms: number): void
  /** One file holds so many bytes in memory now. */
  inMemory(bytes: number): void
}

/**
 * `usefulBytes`: came from a source and were not here; `joined`: readers that found what they wait for on its way already; `jumps`: readers
 * that began in the middle; `damaged`: pieces whose check failed.
 */
export type Counted = 'usefulBytes' | 'joined' | 'jumps' | 'damaged'

/**
 * From a reader's beginning to its first bytes, when they were here and when not; the same of one segment; one wait of a player; one sync of a
 * file.
 */
export type Timed = 'firstByteHit' | 'firstByteMiss' | 'segmentHit' | 'segmentMiss' | 'stall' | 'sync'

export type OpenEntryResource = (context: EntryContext) => EntryResource
