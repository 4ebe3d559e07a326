import { DEFAULT_CONTROL, type ControlState } from './control/control.ts'
import { controlRoutes } from './control/control-routes.ts'
import type { DemoContext } from './demo-context.ts'
import { DownloadQueues } from './downloads/download-queues.ts'
import { downloadRoutes } from './downloads/download-routes.ts'
import { DownloadStore } from './downloads/download-store.ts'
import { openDownloadFolder } from './downloads/download-folder.ts'
import { itemSource } from './downloads/item-source.ts'
import { DemoListener } from './http/demo-listener.ts'
import { DEMO_MACHINE_IDENTIFIER, DEMO_TOKEN } from './identity.ts'
import { CATALOGUE } from './library/catalogue.ts'
import type { Catalogue } from './library/catalogue-types.ts'
import { LibraryIndex } from './library/library-index.ts'
import { libraryRoutes } from './library/library-routes.ts'
import { serverRoutes } from './library/server-routes.ts'
import { makeMedia } from './media/make-media.ts'
import { defaultMediaFolder } from './media/media-folder.ts'
import { mediaRoutes } from './media/media-routes.ts'
import { stateRoutes } from './state/state-routes.ts'
import { StreamSelection } from './state/stream-selection.ts'
import { EARLIER_VIEWING, WatchState } from './state/watch-state.ts'
import { TranscodeSessions } from './transcode/sessions.ts'
import { transcodeRoutes } from './transcode/transcode-routes.ts'

export interface DemoServerOptions {
  /** 0 or absent: any free port. */
  readonly port?: number
  /** Default: `$SPOOL_DEMO_MEDIA`, else the user's cache folder. */
  readonly mediaFolder?: string
  /** Default: all of it; tests use a part. */
  readonly catalogue?: Catalogue
  /** Initial state of `/demo/control`. */
  readonly control?: Partial<ControlState>
  /** A transcode without requests or pings for this long ends. Default 120. */
  readonly sessionIdleS?: number
  /** Where finished downloads are kept. Default: a folder by the port, gone when nothing is in it. */
  readonly downloadsFolder?: string
  /** Told about media being made. Default: stderr. */
  readonly onProgress?: (line: string) => void
  readonly signal?: AbortSignal
}

export interface DemoServer {
  readonly url: string
  readonly port: number
  readonly token: string
  readonly machineIdentifier: string
  /** Ends encoders, connections and the listener. */
  close(): Promise<void>
}

/** Makes missing media (once, minutes) and starts the server on 127.0.0.1. */
export async function startDemoServer(options: DemoServerOptions = {}): Promise<DemoServer> {
  const catalogue = options.catalogue ?? CATALOGUE
  const folder = options.mediaFolder ?? defaultMediaFolder()
  const onProgress = options.onProgress ?? ((line) => console.error(line))
  const media = await makeMedia(catalogue, folder, onProgress, options.signal)
  const sessions = new TranscodeSessions(options.sessionIdleS ?? 120)
  const index = new LibraryIndex(catalogue)
  const watchState = new WatchState(EARLIER_VIEWING)
  const selection = new StreamSelection()
  const listener = new DemoListener(
    DEMO_TOKEN,
    () => sessions.endAll(),
    (control) => {
      sessions.encoderSpeed = downloads.encoderSpeed = control.encoderSpeed
      sessions.setOddities(control.transcode)
      downloads.setServing(control.serving)
    },
  )
  const port = await listener.listen(options.port ?? 0)
  const downloadsFolder = options.downloadsFolder ?? openDownloadFolder(port, (options.port ?? 0) === 0)
  const downloads = new DownloadQueues(new DownloadStore(downloadsFolder), (item) =>
    itemSource(index, media, item),
  )
  const demo: DemoContext = {
    control: () => listener.control,
    index,
    media,
    sessions,
    downloads,
    watchState,
    selection,
    rowFacts: {
      index,
      sizeBytesOf: (part) => media.sizeBytesOf(part.fileName),
      selectedTracksOf: (part) => selection.of(part),
      watched: (ratingKey) => watchState.of(ratingKey),
    },
  }
  listener.apply({ ...DEFAULT_CONTROL, ...options.control })
  listener.serve([
    ...controlRoutes(listener, demo),
    ...serverRoutes(demo),
    ...libraryRoutes(demo),
    ...mediaRoutes(demo),
    ...transcodeRoutes(demo),
    ...stateRoutes(demo),
    ...downloadRoutes(demo, () => listener.control.queue),
  ])
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    token: DEMO_TOKEN,
    machineIdentifier: DEMO_MACHINE_IDENTIFIER,
    close: async () => {
      sessions[Symbol.dispose]()
      downloads[Symbol.dispose]()
      await listener.close()
    },
  }
}
