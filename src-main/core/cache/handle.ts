import type {
  CacheDiagnostics,
  CacheEntry,
  CacheKey,
  CacheStats,
  CachedStatus,
  CheckReport,
  CurrentStats,
  Download,
  DownloadPlace,
  DamageNotice,
  EntryState,
  HistoryRow,
  MediaId,
  Quality,
  SourceId,
  StreamKind,
  TimeRange,
} from '../../../src-preload/contract/index.ts'

/** What a key's stream is, before anybody has turned it into URLs. */
export interface CacheStream {
  /** Never reused, also after removal. */
  readonly entryId: number
  readonly key: CacheKey
  readonly kind: StreamKind
  readonly mime: string
  readonly complete: boolean
  readonly bytesPresent: number
  readonly bytesTotal: number | null
  readonly bytesTotalIsEstimate: boolean
}

/** Bytes in order. `read` gives at most 256 KiB, null at the end; it rejects with a SpoolError when no byte can be had. */
export interface ByteReader {
  read(): Promise<Uint8Array | null>
  /**
   * `piece`, as `read` gave it, is needed no more: its memory is used again. Nobody has to call it, but whoever does must not look at
   * the piece afterwards.
   */
  release?(piece: Uint8Array): void
  /** Gives up the rest. Safe to call at any time and more than once. */
  cancel(): void
}

/** What a client is about to read; `end: null` means to the end of the file. */
export interface WantedBytes {
  readonly start: number
  readonly end: number | null
}

/** A file entry, open for reading. Dispose when the last reader is done. */
export interface OpenFile extends Disposable {
  readonly kind: 'file'
  readonly entryId: number
  readonly mime: string
  /** Names the generation: changes when the file was replaced upstream. */
  readonly etag: string
  /**
   * Exact size in bytes; asks the source when not known yet, best by a request for what is `wanted` anyway. Null: it does not tell, so that
   * there is only `stream`.
   */
  size(signal: AbortSignal, wanted?: WantedBytes): Promise<number | null>
  /** Bytes `[start, end)` of this generation; both within the size. */
  read(start: number, end: number, signal: AbortSignal): ByteReader
  /** All of a file whose size nobody knows, from its beginning. Nothing of it is kept, and what breaks off is not taken up again. */
  stream(signal: AbortSignal): ByteReader
}

/** An HLS entry, open for reading. */
export interface OpenHls extends Disposable {
  readonly kind: 'hls'
  readonly entryId: number
  readonly etag: string
  /**
   * The whole title as one VOD playlist; URIs are `<index>.ts` (and `init.mp4`, `<index>.m4s`), relative to the playlist.
   * `startMs`: where the player will begin, so that a session started for the playlist starts there. `folder`: put before every URI, for
   * a playlist that is served from somewhere else than its segments.
   */
  playlist(signal: AbortSignal, startMs?: number, folder?: string): Promise<string>
  /** `name` as it stands in the playlist. Rejects with `unknown-media` when there is no such segment. */
  segment(name: string, signal: AbortSignal): Promise<SegmentBody>
  /** The same, but from what is kept only; null when it is not. */
  keptSegment(name: string, signal: AbortSignal): Promise<SegmentBody | null>
  /** Resolves when the segment at `fromMs` and those after it are here; see {@link FileCacheHandle.holdAhead}. */
  hold(wanted: WantedSegments, signal: AbortSignal): Promise<TimeRange | null>
}

/** Segments that a player is about to need. */
export interface WantedSegments {
  /** On the title's timeline; the segment that is on then is the first. */
  readonly fromMs: number
  readonly count: number
  /** Asks no server: what is not kept is not here. */
  readonly isKeptOnly: boolean
}

export interface SegmentBody {
  readonly mime: string
  readonly sizeBytes: number
  readonly reader: ByteReader
}

export type OpenMedia = OpenFile | OpenHls

/** What of one part is kept, per quality. */
export interface ShelfEntry {
  readonly key: CacheKey
  readonly kind: StreamKind
  readonly state: EntryState
  readonly isPinned: boolean
  readonly bytesPresent: number
  readonly bytesTotal: number | null
  readonly bytesTotalIsEstimate: boolean
}

export interface EntryChange {
  readonly key: CacheKey
  readonly bytesPresent: number
  readonly complete: boolean
  readonly removed: boolean
  /** The source has another file under this key now: what was kept of the old one is gone, and whoever read it was told. */
  readonly replaced: boolean
}

export interface CacheLimits {
  readonly limitBytes: number
  readonly reserveBytes: number
  /** Of what the cache holds and what is free on its disk together, 0–1: no more than this. All of it when not said. */
  readonly shareOfDisk?: number
  readonly backgroundKbps: number | null
}

/**
 * The only way into the FileCache actor. Every command goes through its mailbox and is answered once.
 * Errors are SpoolErrors; `cancelled` when the signal aborts first.
 */
export interface FileCacheHandle {
  getCachedStreamWithQuality(key: CacheKey, signal?: AbortSignal): Promise<CacheStream>
  preCache(key: CacheKey, pin: boolean, signal?: AbortSignal): Promise<{ state: EntryState }>
  stopPreCache(key: CacheKey, signal?: AbortSignal): Promise<{ state: EntryState }>
  /** Holds a fill with everything that was fetched, here and on the server, until the next `preCache`. */
  pausePreCache(key: CacheKey, signal?: AbortSignal): Promise<{ state: EntryState }>
  movePreCache(key: CacheKey, to: DownloadPlace, signal?: AbortSignal): Promise<{ moved: boolean }>
  getDownloads(signal?: AbortSignal): Promise<readonly Download[]>
  isCached(key: CacheKey, signal?: AbortSignal): Promise<CachedStatus>
  removeFromCache(key: CacheKey, force: boolean, signal?: AbortSignal): Promise<{ freedBytes: number }>
  setPinned(key: CacheKey, pinned: boolean, signal?: AbortSignal): Promise<{ pinned: boolean }>
  getStats(signal?: AbortSignal): Promise<CacheStats>
  getDiagnostics(signal?: AbortSignal): Promise<CacheDiagnostics>
  getCurrentStats(key: CacheKey, signal?: AbortSignal): Promise<CurrentStats>
  clearCache(includePinned: boolean, signal?: AbortSignal): Promise<{ freedBytes: number }>
  cleanupCache(targetBytes: number | null, signal?: AbortSignal): Promise<{ freedBytes: number }>
  /** One entry, all of them for null; an entry that is not there has nothing to check. */
  verify(key: CacheKey | null, signal?: AbortSignal): Promise<CheckReport>
  getHistory(limit: number, signal?: AbortSignal): Promise<readonly HistoryRow[]>
  getEntries(signal?: AbortSignal): Promise<readonly CacheEntry[]>
  /** Everything kept of these parts, in one turn. */
  getShelves(
    sourceId: SourceId,
    mediaIds: readonly MediaId[],
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<MediaId, ReadonlyMap<Quality, ShelfEntry>>>
  /** What an entry is. Throws `unknown-media` when it is gone. */
  getStream(entryId: number, signal?: AbortSignal): Promise<CacheStream>
  /**
   * Makes the next segments of a rung ready before a player changes to it; the answer is the stretch that they cover. What is not kept is
   * asked of a transcode, which takes the place of the source's present one. Null when that may not be (`isKeptOnly`), and for files,
   * which need none of this. Throws what a segment's request throws, and the signal's reason.
   */
  holdAhead(key: CacheKey, wanted: WantedSegments, signal?: AbortSignal): Promise<TimeRange | null>
  /**
   * Throws `unknown-media` when the entry is gone. `kind`: what the caller has an address of. When a finished file has taken the place of
   * segments, whoever plays those goes on with them.
   */
  openMedia(entryId: number, signal?: AbortSignal, kind?: StreamKind): Promise<OpenMedia>
  setLimits(limits: CacheLimits): void
  /** Titles that evicting must leave alone: what plays now and what is next. */
  setProtected(keys: readonly { readonly sourceId: SourceId; readonly mediaId: MediaId }[]): void
  /** Tells that an item was watched to the end: its unpinned copies go first when space is needed. */
  setWatched(sourceId: SourceId, mediaId: MediaId, isWatched: boolean): void
  onDamage(listener: (notice: DamageNotice) => void): Disposable
  onEntryChange(listener: (change: EntryChange) => void): Disposable
  /** The computer has slept. Resolves when no connection from before is used any more. */
  wake(): Promise<void>
  /** Stops transfers, syncs, commits and closes within the deadline. */
  close(deadlineMs: number): Promise<void>
}
