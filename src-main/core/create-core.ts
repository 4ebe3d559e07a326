import { join } from 'node:path'
import {
  asSourceId,
  errorSentences,
  type AppInfo,
  type ConnectionKind,
  type Settings,
  type SourceId,
} from '../../src-preload/contract/index.ts'
import { createSourceDirectory, type InitialServer } from './accounts/source-directory.ts'
import { sleep } from './base/clock.ts'
import { WakeWatch } from './base/wake-watch.ts'
import { createFileCache } from './cache/create-file-cache.ts'
import { numberEntriesAfter } from './cache/index/entry-numbers.ts'
import { generationStatements } from './cache/index/generations.ts'
import { createHlsEntry } from './cache/hls/hls-entry.ts'
import { openDatabase } from './db/open-database.ts'
import { showDownloads } from './desktop/show-downloads.ts'
import { guideEviction } from './guide-eviction.ts'
import { fetchCompanions } from './library/companions.ts'
import { createImageService } from './library/image-service.ts'
import { createKitStore } from './library/kit-store.ts'
import { createThumbnailService } from './library/thumbnail-service.ts'
import { createLibraryMemory } from './library/library-memory.ts'
import { createLibraryService } from './library/library-service.ts'
import { createSubtitleService } from './library/subtitle-service.ts'
import { createLadders } from './media/ladders.ts'
import { createMediaHandler, type MediaHandler } from './media/media-handler.ts'
import { createPlaybackService } from './playback/playback-service.ts'
import { createTrackTable } from './playback/track-table.ts'
import { WatchedMarks } from './playback/watched-marks.ts'
import { ensureClientIdentifier } from './plex/client-identity.ts'
import { createPlexServerFiles } from './plex/plex-server-files.ts'
import { createPlexUpstream } from './plex/plex-upstream.ts'
import { TranscodeCoordinator } from './plex/transcode-coordinator.ts'
import type { CorePorts } from './ports.ts'
import { CapabilityBook } from './quality/capability-book.ts'
import { createRungRates } from './quality/rung-rates.ts'
import { SourceLimits } from './quality/source-limits.ts'
import { createAutomaticService } from './quality/automatic/automatic-service.ts'
import { createLinkTable } from './quality/link/link-table.ts'
import { measureUpstream } from './quality/link/measured-upstream.ts'
import { createSourceLinks } from './quality/link/source-links.ts'
import { createPartQualities } from './quality/part-qualities.ts'
import { createStreamPlanner } from './quality/stream-planner.ts'
import { createRpc } from './rpc/create-rpc.ts'
import { createHttpRpc } from './rpc/http-rpc.ts'
import { createStreamUrls } from './rpc/stream-urls.ts'
import type { Wire } from './rpc/wire.ts'
import { limitsOf, roomOf } from './settings/cache-limits.ts'
import { openSettings } from './settings/settings-service.ts'
import { whenLibraryKnown } from './when-library-known.ts'

export interface CoreOptions {
  readonly ports: CorePorts
  readonly shell: AppInfo['shell']
  readonly version: string
  readonly secrets: {
    /** What scripts send to `POST /rpc`. */
    readonly token: string
    /** Signs the addresses for external players. */
    readonly streamSecret: Uint8Array
  }
  /** A server to know from the start. */
  readonly initialServer: InitialServer | null
  /** Where other programs reach this app; null while they do not. */
  getExternalBase(): string | null
  /** Whether a request from this origin comes from the app's own page. */
  readonly isOwnOrigin: (origin: string) => boolean
}

/** Everything behind a shell: give it wires and requests. */
export interface Core {
  /** Serves one page. */
  readonly connect: (wire: Wire) => void
  readonly mediaHandler: MediaHandler
  /** `POST /rpc`. */
  readonly httpRpc: (request: Request) => Promise<Response>
  getSettings(): Settings
  onSettingsChange(listener: (settings: Settings) => void): Disposable
  /** Resolves when the library has its first items, or is known to be out of reach. Never rejects. */
  ready(): Promise<void>
  /** The computer is about to sleep: leaves nothing running on servers meanwhile. What plays goes on after. */
  sleep(): Promise<void>
  /** The computer has slept, and perhaps is on another network now. The core notices by itself too, if late. */
  wake(): Promise<void>
  /** Tells servers what has to be told, writes out what has to be kept, closes. Never takes longer than this. */
  close(deadlineMs: number): Promise<void>
}

/** Composes the core. Throws SpoolErrors: `database-damaged` for a database of a newer Spool, `disk-full`. */
export async function createCore(options: CoreOptions): Promise<Core> {
  const { ports } = options
  const { clock, logger } = ports
  const { dataDir, migrationsDir } = ports.paths
  const open = (name: 'cache' | 'library') =>
    openDatabase({
      path: join(dataDir, `${name}.db`),
      migrationsFolder: join(migrationsDir, name),
      clock,
      logger,
    })
  const [cacheDatabase, libraryDatabase] = [open('cache'), open('library')]
  const heldBytes = generationStatements(cacheDatabase.db).sumPresent()
  const settings = await openSettings({ dataDir, heldBytes, clock, logger })
  // Seconds since 1970 are more than the entries anybody ever had.
  if (cacheDatabase.damaged) numberEntriesAfter(cacheDatabase.db, Math.floor(clock.now() / 1000))
  const { db } = libraryDatabase

  const sources = await createSourceDirectory({
    db,
    secrets: ports.secrets,
    clock,
    logger,
    clientIdentifier: await ensureClientIdentifier(ports.secrets),
    version: options.version,
    ...(options.initialServer ? { initialServer: options.initialServer } : {}),
  })
  const memory = createLibraryMemory({ db, sources, clock, logger })
  const transcodes = new TranscodeCoordinator({ clock })
  const limits = new SourceLimits(clock)
  const connectionOf = (sourceId: SourceId): ConnectionKind => sources.getSource(sourceId).connection
  const sourceLinks = createSourceLinks({ clock, table: createLinkTable(db), connectionOf })
  const marks = new WatchedMarks({
    db,
    receiverOf: (sourceId) => sources.getClient(sourceId),
    now: () => clock.now(),
    logger,
  })
  const playback = createPlaybackService({
    db,
    clock,
    logger,
    sources,
    items: memory,
    transcodes,
    power: ports.power,
    marks,
  })
  const upstream = createPlexUpstream({
    directory: sources,
    items: memory,
    coordinator: transcodes,
    clock,
    playbackIdOf: (sourceId, mediaId) => playback.playbackIdOf(sourceId, mediaId),
    limits,
    roomBytes: async (signal) => roomOf(await cache.getStats(signal), settings.get()),
  })
  const cache = await createFileCache({
    db: cacheDatabase.db,
    cacheFolder: settings.get().cacheFolder,
    limits: limitsOf(settings.get()),
    upstream: measureUpstream(upstream, sourceLinks.meterOf),
    clock,
    logger,
    openHlsEntry: (context) => createHlsEntry(context),
    serverFiles: createPlexServerFiles({ directory: sources, items: memory, clock }),
  })
  const capabilities = new CapabilityBook({
    db,
    findPart: (sourceId, mediaId, signal) => memory.findPart(sourceId, mediaId, signal),
    now: () => clock.now(),
  })
  const tracks = createTrackTable(db, () => clock.now())
  const rates = createRungRates({ db, cache, clock })
  const library = createLibraryService({
    memory,
    sources,
    cache,
    positions: playback.positions,
    tracks,
    marks,
    capabilities,
    limits,
    links: sourceLinks,
    rates,
    getDefaultQuality: () => settings.get().defaultQuality,
    logger,
  })
  const images = createImageService({ db, sources, clock })
  const kits = createKitStore(db)
  const thumbnails = createThumbnailService({ store: kits, sources, items: memory })
  const subtitles = createSubtitleService({ store: memory.subtitles, sources })
  const streamUrls = createStreamUrls({
    secret: options.secrets.streamSecret,
    getExternalBase: () => options.getExternalBase(),
  })
  const info: AppInfo = {
    version: options.version,
    shell: options.shell,
    dataDir,
    platform: process.platform,
    notice: (cacheDatabase.damaged ?? libraryDatabase.damaged) ? errorSentences['database-damaged'] : null,
  }
  const router = createRpc(
    {
      cache,
      library,
      kits,
      sources,
      settings,
      accounts: sources,
      playback,
      tracks,
      capabilities,
      automatic: createAutomaticService({
        clock,
        cache,
        links: sourceLinks,
        connectionOf,
        defaultQualityOf: (connection) =>
          connection === 'offline' ? 'automatic' : settings.get().defaultQuality[connection],
        qualitiesOf: createPartQualities({ cache, library, capabilities, limits, rates, connectionOf }),
      }),
      planner: createStreamPlanner({
        cache,
        library,
        sources,
        settings,
        capabilities,
        limits,
        links: sourceLinks,
      }),
      streamUrls,
      getAppInfo: () => info,
    },
    { clock, logger },
  )

  const links: readonly Disposable[] = [
    rates,
    fetchCompanions({ cache, memory, images, subtitles, thumbnails, kits, logger }),
    settings.onChange((next) => cache.setLimits(limitsOf(next))),
    guideEviction({ cache, memory, library, playback }),
    showDownloads({ cache, ports, clock }),
    playback.onProgress(({ sourceId, ratingKey }) => library.noteChanged(sourceId, ratingKey)),
    marks.onTold(({ sourceId, ratingKey }) => library.noteChanged(asSourceId(sourceId), ratingKey)),
    limits.onChange((sourceId) => library.noteChanged(asSourceId(sourceId), null)),
    capabilities.onChange(() => {
      for (const { sourceId } of sources.getSources()) library.noteChanged(sourceId, null)
    }),
  ]

  const wake = async (): Promise<void> => {
    logger.info('core.wake')
    // Before its connections are cut: what was under way is then begun again, not counted as failed.
    await cache.wake()
    sources.wake()
  }
  const wakeWatch = new WakeWatch(clock, () => void wake().catch(() => undefined))

  const closeAll = async (deadlineMs: number): Promise<void> => {
    wakeWatch[Symbol.dispose]()
    for (const link of links) link[Symbol.dispose]()
    // The player first: its last position has to be kept, and told while servers are still spoken to.
    await within(playback.close(), deadlineMs / 2)
    library.close()
    await within(Promise.all([cache.close(deadlineMs / 2), memory.close()]), deadlineMs / 2)
    await sources.close()
    cacheDatabase.db.close()
    db.close()
  }
  const within = (work: Promise<unknown>, limitMs: number): Promise<unknown> =>
    Promise.race([work, sleep(clock, limitMs)])

  return {
    connect(wire) {
      router.connect(wire)
    },
    mediaHandler: createMediaHandler({
      cache,
      getImage: (sourceId, path, width, height, signal) =>
        images.getImage(sourceId, path, width, height, signal),
      getThumbnail: (sourceId, mediaId, atMs, signal) =>
        thumbnails.getThumbnail(sourceId, mediaId, atMs, signal),
      getSubtitle: (sourceId, streamId, signal) => subtitles.getSubtitle(sourceId, streamId, signal),
      ladders: createLadders({ cache, library }),
      isTokenOf: (entryId, token) => streamUrls.isTokenOf(entryId, token),
      logger,
    }),
    httpRpc: createHttpRpc({ router, token: options.secrets.token, isOwnOrigin: options.isOwnOrigin }),
    getSettings: () => settings.get(),
    onSettingsChange: (listener) => settings.onChange(listener),
    ready: () => whenLibraryKnown(sources, library, clock),
    sleep: () => transcodes.endAll(),
    wake,
    close: async (deadlineMs) => {
      await within(
        closeAll(deadlineMs).catch((error: unknown) => logger.error('core.close', { cause: String(error) })),
        deadlineMs,
      )
    },
  }
}
