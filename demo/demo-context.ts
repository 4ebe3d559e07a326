import type { ControlState } from './control/control.ts'
import type { DownloadQueues } from './downloads/download-queues.ts'
import type { LibraryIndex } from './library/library-index.ts'
import type { RowFacts } from './library/metadata-rows.ts'
import type { MediaManifest } from './media/media-folder.ts'
import type { StreamSelection } from './state/stream-selection.ts'
import type { WatchState } from './state/watch-state.ts'
import type { TranscodeSessions } from './transcode/sessions.ts'

/** What all routes share. */
export interface DemoContext {
  /** As it is at the moment. */
  readonly control: () => ControlState
  readonly index: LibraryIndex
  readonly media: MediaManifest
  readonly watchState: WatchState
  readonly selection: StreamSelection
  readonly sessions: TranscodeSessions
  readonly downloads: DownloadQueues
  readonly rowFacts: RowFacts
}
