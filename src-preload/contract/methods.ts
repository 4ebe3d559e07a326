import type {
  CacheDiagnostics,
  CacheEntry,
  CacheStats,
  CachedStatus,
  CheckReport,
  CurrentStats,
  Download,
  DownloadPlace,
  EntryState,
  HistoryRow,
  OfTitle,
  Stream,
  TimeRange,
} from './cache.ts'
import type { CapabilityReport, Undecodable } from './capabilities.ts'
import type { CacheKey, MediaId, SourceId } from './ids.ts'
import type {
  ChosenTracks,
  ConnectionKind,
  HomeRow,
  Item,
  ItemPage,
  ItemSort,
  ItemSummary,
  Section,
  Source,
} from './library.ts'
import type {
  AutomaticLogRow,
  PlaybackFacts,
  PlaybackOpened,
  PlaybackReport,
  PlayerView,
} from './playback.ts'
import type { Settings, SettingsPatch } from './settings.ts'

interface Method<Params, Value> {
  readonly params: Params
  readonly value: Value
}

type None = Record<string, never>

/** Every call there is. Methods of `surface.md` are kept as it fixes them; the others serve the renderer. */
export interface Methods {
  'cache.getCachedStreamWithQuality': Method<CacheKey, Stream>
  'cache.getCachedStream': Method<{ sourceId: SourceId; mediaId: MediaId }, Stream>
  'cache.preCache': Method<CacheKey & { pin?: boolean }, { state: EntryState }>
  'cache.isCached': Method<CacheKey, CachedStatus>
  'cache.removeFromCache': Method<CacheKey & { force?: boolean }, { freedBytes: number }>
  'cache.setPinned': Method<CacheKey & { pinned: boolean }, { pinned: boolean }>
  'cache.getStats': Method<None, CacheStats>
  /** Everything that is counted, for who looks for a fault. */
  'cache.getDiagnostics': Method<None, CacheDiagnostics>
  'cache.getCurrentStats': Method<CacheKey, CurrentStats>
  'cache.clearCache': Method<{ includePinned?: boolean }, { freedBytes: number }>
  'cache.cleanupCache': Method<{ targetBytes?: number }, { freedBytes: number }>
  'cache.getHistory': Method<{ limit?: number }, readonly HistoryRow[]>
  /** Stops filling an entry; what plays of it stays, an unfinished file of the server's goes, there and here. */
  'cache.stopPreCache': Method<CacheKey, { state: EntryState }>
  /**
   * Makes the next segments of a rung ready, before the player changes to it at `fromMs`; aborting the call gives that up. `held` is what they
   * cover. What is not kept is asked of a transcode, which takes the place of the server's present one; with `keptOnly` that may not
   * be, and `held` is null. It is null for files too.
   */
  'cache.holdAhead': Method<
    CacheKey & { fromMs: number; segments: number; keptOnly?: boolean },
    { held: TimeRange | null }
  >
  /** Reads everything that is recorded of one entry, or of all, and compares it with what was recorded. */
  'cache.verify': Method<CacheKey | None, CheckReport>
  /** Holds a fill, with all that is here and on the server; `cache.preCache` goes on with it. */
  'cache.pausePreCache': Method<CacheKey, { state: EntryState }>
  /** Puts a fill at another place in the order. */
  'cache.movePreCache': Method<CacheKey & { to: DownloadPlace }, { moved: boolean }>
  /** In the order in which they are fetched. */
  'cache.getDownloads': Method<None, readonly (Download & OfTitle)[]>
  'cache.getEntries': Method<None, readonly (CacheEntry & OfTitle)[]>

  'library.getSources': Method<None, readonly Source[]>
  'library.getSections': Method<{ sourceId: SourceId }, readonly Section[]>
  'library.getItems': Method<
    {
      sourceId: SourceId
      sectionId: string
      offset: number
      limit: number
      sort?: ItemSort
      filter?: 'all' | 'unwatched' | 'offline'
    },
    ItemPage
  >
  'library.getChildren': Method<{ sourceId: SourceId; ratingKey: string }, readonly ItemSummary[]>
  'library.getItem': Method<{ sourceId: SourceId; ratingKey: string }, Item>
  'library.getHome': Method<None, readonly HomeRow[]>
  /** Titles of which something is kept, complete first. */
  'library.getKept': Method<None, readonly ItemSummary[]>
  /** What the library holds beside the cache: pictures, thumbnails, texts of subtitles. Not counted by the cache's limit. */
  'library.getSpace': Method<None, { bytesUsed: number }>
  'library.search': Method<{ query: string }, readonly ItemSummary[]>
  'library.setWatched': Method<
    { sourceId: SourceId; ratingKey: string; isWatched: boolean },
    { isWatched: boolean }
  >

  /** Connects to a Plex server by address and token, checks both, and remembers it. */
  'accounts.addServer': Method<{ address: string; token: string }, Source>
  'accounts.removeServer': Method<{ sourceId: SourceId }, { removed: boolean }>
  /** Looks at once whether a server answers, and says how it is reached then. */
  'accounts.retry': Method<{ sourceId: SourceId }, Source>
  /** Says how a server is reached (a VPN looks like the home network); null goes by its address again. */
  'accounts.setConnection': Method<
    { sourceId: SourceId; connection: Exclude<ConnectionKind, 'offline'> | null },
    Source
  >

  'playback.open': Method<
    { sourceId: SourceId; ratingKey: string; mediaId: MediaId; takeOver?: boolean },
    PlaybackOpened
  >
  /** Remembers sound and subtitles of a file for the next start. Changes nothing about what plays. */
  'playback.setTracks': Method<{ sourceId: SourceId; mediaId: MediaId } & ChosenTracks, ChosenTracks>
  /** `ended`: why the server ended this playback, in its own words. */
  'playback.report': Method<PlaybackReport, { accepted: boolean; ended?: string }>
  /** What the calling page's player can play; until it says so, what the last page said holds. */
  'playback.setCapabilities': Method<CapabilityReport, { accepted: boolean }>
  /** Original of this part played without picture or sound in the calling page. From then on it is not offered there. */
  'playback.noteUndecodable': Method<
    { sourceId: SourceId; mediaId: MediaId; missing: Undecodable },
    { noted: boolean }
  >
  /** What is known of what plays, and what Automatic would do about it. Asked every second, and when the picture stops. */
  'playback.observe': Method<PlayerView, PlaybackFacts>
  /** The latest decisions of Automatic, oldest first. */
  'playback.getAutomaticLog': Method<None, readonly AutomaticLogRow[]>

  'settings.get': Method<None, Settings>
  'settings.set': Method<SettingsPatch, Settings>

  'app.getInfo': Method<None, AppInfo>
}

export interface AppInfo {
  readonly version: string
  readonly shell: 'electron' | 'browser'
  readonly dataDir: string
  readonly platform: string
  /** Set when a database was damaged at start and a new one was begun. */
  readonly notice: string | null
}

export type MethodName = keyof Methods
export type ParamsOf<M extends MethodName> = Methods[M]['params']
export type ValueOf<M extends MethodName> = Methods[M]['value']
