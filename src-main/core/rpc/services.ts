import type {
  ChosenTracks,
  MediaId,
  AppInfo,
  PlaybackOpened,
  PlaybackOwner,
  PlaybackReport,
  ParamsOf,
  ValueOf,
  Source,
  SourceId,
} from '../../../src-preload/contract/index.ts'
import type { FileCacheHandle } from '../cache/handle.ts'
import type { KitStore } from '../library/kit-store.ts'
import type { LibrarySources } from '../library/library-port.ts'
import type { LibraryService } from '../library/library-service.ts'
import type { CapabilityBook } from '../quality/capability-book.ts'
import type { AutomaticService } from '../quality/automatic/automatic-service.ts'
import type { StreamPlanner } from '../quality/stream-planner.ts'
import type { SettingsService } from '../settings/settings-service.ts'
import type { StreamUrls } from './stream-urls.ts'

/** What `accounts.*` calls. Implemented by `core/accounts`. */
export interface AccountsService {
  /** Throws `bad-params` (no address), `source-unreachable`, `source-refused`, `bad-reply`. */
  addServer(address: string, token: string, signal: AbortSignal): Promise<Source>
  removeServer(sourceId: SourceId): Promise<{ removed: boolean }>
  /** Throws `unknown-source`. */
  retry(sourceId: SourceId, signal: AbortSignal): Promise<Source>
  /** Throws `unknown-source`. */
  setConnection(sourceId: SourceId, connection: 'lan' | 'wan' | 'relay' | null): Source
}

/** What `playback.*` calls. Implemented by `core/playback`. */
export interface PlaybackService {
  /** `ownerId` names the page that asks: what it opened before ends, another page's makes the answer `busy`. */
  open(
    params: ParamsOf<'playback.open'>,
    ownerId: string | null,
    signal: AbortSignal,
  ): Promise<PlaybackOpened>
  report(report: PlaybackReport): Promise<ValueOf<'playback.report'>>
  wireClosed(ownerId: string): void
  onOwnerChange(listener: (owner: PlaybackOwner) => void): Disposable
}

/** What `playback.setTracks` calls. Implemented by `core/playback/track-table.ts`. */
export interface TrackMemory {
  put(sourceId: SourceId, mediaId: MediaId, tracks: ChosenTracks): void
}

/** Everything the methods and topics stand on. */
export interface RpcServices {
  readonly cache: FileCacheHandle
  readonly library: LibraryService
  readonly kits: Pick<KitStore, 'totalBytes'>
  readonly sources: LibrarySources
  readonly settings: SettingsService
  readonly accounts: AccountsService
  readonly playback: PlaybackService
  readonly tracks: TrackMemory
  readonly planner: StreamPlanner
  readonly capabilities: Pick<CapabilityBook, 'set' | 'note' | 'wireClosed'>
  readonly automatic: AutomaticService
  readonly streamUrls: StreamUrls
  getAppInfo(): AppInfo
}
