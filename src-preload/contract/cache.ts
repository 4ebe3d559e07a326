import type { ErrorCode } from './errors.ts'
import type { CacheKey, MediaId, Quality, SourceId } from './ids.ts'

/** `file`: one resource with byte ranges. `hls`: a playlist of segments. */
export type StreamKind = 'file' | 'hls'

/** Where to play one quality of one part from. Comes back at once; nothing has been fetched yet. */
export interface Stream {
  /**
   * Path on the page's own origin, such as `/media/7/file.mp4`. Beside the `index.m3u8` of a rung, `ladder.m3u8` lists every rung of
   * the part as a variant named `<quality>.m3u8`.
   */
  readonly url: string
  /** Absolute, with a token that opens nothing else; null when external players are switched off. */
  readonly externalUrl: string | null
  readonly kind: StreamKind
  /** Canonical, also when an alias was asked for. */
  readonly quality: Quality
  readonly mime: string
  readonly complete: boolean
  readonly bytesPresent: number
  readonly bytesTotal: number | null
  readonly bytesTotalIsEstimate: boolean
}

/**
 * `none`: nothing kept. `partial`: some is here, nothing is being fetched. `filling`: some is here and more is being fetched to the end.
 * `complete`: all is here. `failed`: fetching stopped on an error that will not go away by itself.
 */
export type EntryState = 'none' | 'partial' | 'filling' | 'complete' | 'failed'

export interface CachedStatus {
  readonly cached: boolean
  readonly state: EntryState
  readonly bytesPresent: number
  readonly bytesTotal: number | null
}

export interface CacheStats {
  /** Bytes on disk that belong to entries, by the rows. */
  readonly bytesUsed: number
  readonly bytesLimit: number
  readonly bytesFreeOnDisk: number
  readonly entries: number
  readonly entriesComplete: number
  readonly entriesPinned: number
  /** Media bytes handed to players since start, and where they came from; the three parts add up to `bytesServed`. */
  readonly bytesServed: number
  readonly bytesFromMemory: number
  readonly bytesFromDisk: number
  readonly bytesPassedThrough: number
  /** Media bytes that came from sources since start. */
  readonly bytesFetched: number
  /** Null, or why nothing is being kept at the moment. */
  readonly trouble: 'disk-full' | 'cache-disk-missing' | 'cache-disk-failing' | null
  /** The job that is filling an entry now, for the sidebar. */
  readonly job: CacheJob | null
  readonly jobsWaiting: number
  /** How far a check is that was asked for by `cache.verify`; null when none is under way. */
  readonly check: CacheCheck | null
}

export interface CacheCheck {
  readonly bytesChecked: number
  readonly bytesTotal: number
}

/** What a check found, in pieces: chunks of files, segments of lower qualities. What is lost is fetched again when it is needed. */
export interface CheckReport {
  readonly checked: number
  /** Not the bytes that were recorded. */
  readonly damaged: number
  /** Not on the disk any more. */
  readonly missing: number
  /** Of the damaged and missing ones, those that were fetched again at once because they are to be kept. */
  readonly repaired: number
}

/** Copies on the disk went bad: much of one title, or any of it while its server cannot send it again. */
export interface DamageNotice {
  readonly key: CacheKey
  readonly title: string
  /** The server answers: what is missing is fetched again when it is needed. */
  readonly isReachable: boolean
}

export interface CacheJob {
  readonly key: CacheKey
  readonly title: string
  readonly bytesPresent: number
  readonly bytesTotal: number | null
  readonly bytesPerSecond: number | null
  readonly remainingMs: number | null
}

/** One entry that somebody wants all of, and of which something is missing. */
export interface Download {
  readonly key: CacheKey
  readonly title: string
  readonly isPinned: boolean
  /**
   * `running`: being fetched now. `waiting`: its turn comes. `parked`: it cannot go on now and will by itself. `paused`: by the user.
   * `failed`: it will not get better by itself.
   */
  readonly state: 'running' | 'waiting' | 'parked' | 'paused' | 'failed'
  /** Why it is parked or failed, or gets no bytes. */
  readonly reason: WaitingReason | ErrorCode | null
  /** 0 to 1 of the file that the server makes before it can be fetched; null when it makes none now, or does not say. */
  readonly madeShare: number | null
  readonly bytesPresent: number
  readonly bytesTotal: number | null
  readonly bytesTotalIsEstimate: boolean
  readonly bytesPerSecond: number | null
  readonly remainingMs: number | null
}

export type DownloadPlace = 'first' | 'earlier' | 'later' | 'last'

/** A stretch of the title's timeline, in ms, half open. */
export interface TimeRange {
  readonly startMs: number
  readonly endMs: number
}

/**
 * Why a player or a download is not getting bytes at this moment. `source-slow`: the source owes them, and it is not known why;
 * `link-too-slow`: it gives all the time, and less than playing takes (`neededKbps`, `measuredKbps`); `disk-slow`: the cache disk does not
 * keep up; `player-first`: a download holds still for whoever is watching.
 */
export type WaitingReason =
  | 'source-unreachable'
  | 'source-slow'
  | 'link-too-slow'
  | 'transcoder-starting'
  | 'server-preparing'
  | 'server-paces'
  | 'disk-full'
  | 'disk-slow'
  | 'player-first'
  | 'retrying'

/** What one entry is doing now. Unknowns are null. */
export interface CurrentStats {
  /** Arriving from the source, smoothed over five seconds. */
  readonly bytesPerSecond: number | null
  /** The same, smoothed over one second. */
  readonly bytesPerSecondNow: number | null
  /** Playback time that is here without a gap from the player's position on. */
  readonly aheadMs: number | null
  readonly waitingReason: WaitingReason | null
  /** How long a player has been waiting by now; null while none is. */
  readonly waitingMs: number | null
  /** Until that wait may end: the next attempt, or, at the measured rate, what it takes to play on. Null when nobody can tell. */
  readonly waitLeftMs: number | null
  /** What playing takes of the link; from the size and length of the file, or from the quality's name. */
  readonly neededKbps: number | null
  /** What the link gave lately while as much was asked of it as it has. */
  readonly measuredKbps: number | null
  /** The last thing that went wrong with this entry since it was opened, also when it went well after. */
  readonly lastError: EntryTrouble | null
  /** Until all of it is here. */
  readonly remainingMs: number | null
  readonly state: EntryState
  readonly bytesPresent: number
  readonly bytesTotal: number | null
  /** What is kept, on the title's timeline: the teal layer of the seek bar. */
  readonly present: readonly TimeRange[]
}

export interface EntryTrouble {
  readonly code: ErrorCode
  /** Epoch ms. */
  readonly at: number
}

/** How long something took, in ms; the quantiles within a factor of two. */
export interface TimeSpread {
  readonly count: number
  readonly sumMs: number
  readonly medianMs: number
  readonly p99Ms: number
  readonly maxMs: number
}

/**
 * More than announced; less than announced; less than asked for; the whole file for a part; no size; nothing at that position; no media, or
 * not told in a way that can be trusted; other bytes than before; not for now; not for us; too much for today; not there.
 */
export type OddReply =
  | 'overlong'
  | 'short'
  | 'partial'
  | 'whole'
  | 'sizeless'
  | 'beyond'
  | 'malformed'
  | 'changed'
  | 'busy'
  | 'refused'
  | 'over-limit'
  | 'missing'

/** What the cache counts, since start where nothing else is said. */
export interface CacheDiagnostics {
  /** Media bytes handed to players; the next three add up to it. */
  readonly bytesServed: number
  readonly bytesFromMemory: number
  readonly bytesFromDisk: number
  readonly bytesPassedThrough: number
  readonly bytesFetched: number
  /** Of those fetched, what was not here already. */
  readonly bytesUseful: number
  /** Readers that found what they waited for on its way already. */
  readonly readersJoined: number
  /** Readers of a file that began in its middle. */
  readonly jumps: number
  /** Pieces on the disk whose check failed. */
  readonly chunksDamaged: number
  /** Attempts that failed, by error code. */
  readonly failures: Readonly<Partial<Record<ErrorCode, number>>>
  /** Replies to requests for bytes that were not what was asked for, by what was odd about them. */
  readonly oddReplies: Readonly<Record<OddReply, number>>
  /** Of readers of files, to the first bytes: when these were here, and when not. */
  readonly firstByteHit: TimeSpread
  readonly firstByteMiss: TimeSpread
  /** Of segments, from the request to the first bytes: of those that were here, and of those that a transcode had to make. */
  readonly segmentHit: TimeSpread
  readonly segmentMiss: TimeSpread
  /** Waits of players. */
  readonly stalls: TimeSpread
  readonly syncs: TimeSpread
  /** The most that one file held in memory at once. */
  readonly mostBytesInMemory: number
  /** Now: requests to sources under way, and those whose turn has not come. */
  readonly requests: number
  readonly requestsWaiting: number
  /** Now: downloads that hold still, and what all may use together; null: as much as there is. */
  readonly downloadsHeld: number
  readonly downloadKbps: number | null
  readonly mailbox: number
  readonly openFiles: number
  readonly loopDelayMedianMs: number
  readonly loopDelayP99Ms: number
  /** By why they had to go, as far back as the history goes. */
  readonly bytesEvicted: Readonly<Record<string, number>>
  /** Until the limit; of some seconds ago. */
  readonly bytesKeepable: number
}

export interface HistoryRow {
  /** Epoch ms. */
  readonly at: number
  readonly sourceId: SourceId
  readonly mediaId: MediaId
  readonly quality: Quality
  /** Of the film or episode, as it was then. */
  readonly title: string
  readonly action: 'completed' | 'removed' | 'evicted' | 'damaged' | 'replaced' | 'failed'
  readonly reason: string
  readonly bytes: number
}

/** One entry as the "On this computer" page shows it. */
/** What leads from a row of the cache to its title's page. */
export interface OfTitle {
  /** Null for a media id that names none. */
  readonly ratingKey: string | null
}

export interface CacheEntry {
  readonly key: CacheKey
  readonly kind: StreamKind
  readonly title: string
  readonly state: EntryState
  readonly isPinned: boolean
  readonly bytesPresent: number
  readonly bytesTotal: number | null
  readonly bytesTotalIsEstimate: boolean
  /** Epoch ms of the last read. */
  readonly lastUsedAt: number
}
