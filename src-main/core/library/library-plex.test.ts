import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { DemoServer } from '../../../demo/demo-server.ts'
import { control, startTestServer, TEST_FILM } from '../../../demo/testing/test-server.ts'
import { asSourceId } from '../../../src-preload/contract/index.ts'
import { createSourceDirectory, type SourceDirectory } from '../accounts/source-directory.ts'
import { systemClock } from '../base/clock.ts'
import { openDatabase } from '../db/open-database.ts'
import { WatchedMarks } from '../playback/watched-marks.ts'
import type { SecretStore } from '../ports.ts'
import { counters } from '../plex/test-support/small-demo.ts'
import { chromiumCapabilities } from '../quality/capabilities.ts'
import { createImageService } from './image-service.ts'
import { createLibraryMemory } from './library-memory.ts'
import { createLibraryService } from './library-service.ts'
import { createSubtitleService } from './subtitle-service.ts'
import { ListedCache, quiet } from './test-support/library-rig.ts'

// The whole of it over real HTTP: the demo server, the Plex client, the directory of sources, a database.
let server: DemoServer
let sources: SourceDirectory
let folder: string
let rig: ReturnType<typeof compose>

function compose() {
  const migrationsFolder = join(import.meta.dirname, '../../../migrations/library')
  const { db } = openDatabase({
    path: join(folder, 'library.db'),
    migrationsFolder,
    clock: systemClock,
    logger: quiet,
  })
  return { db }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'spool-library-plex-'))
  server = await startTestServer()
  rig = compose()
  const kept = new Map<string, string>()
  const secrets: SecretStore = {
    get: (name) => Promise.resolve(kept.get(name) ?? null),
    set: (name, value) => Promise.resolve(void kept.set(name, value)),
    delete: (name) => Promise.resolve(void kept.delete(name)),
  }
  sources = await createSourceDirectory({
    db: rig.db,
    secrets,
    clock: systemClock,
    logger: quiet,
    clientIdentifier: 'library-test',
    version: '0',
    initialServer: { url: server.url, token: server.token },
  })
  await sources.whenKnown()
}, 120_000)

afterAll(async () => {
  await sources.close()
  rig.db.close()
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

it('browses a server, and all of what it saw once the server is off', async () => {
  const { db } = rig
  const memory = createLibraryMemory({ db, sources, clock: systemClock, logger: quiet })
  const library = createLibraryService({
    getDefaultQuality: () => ({ lan: 'original', wan: '720p-4000k', relay: '480p-1500k' }),
    memory,
    sources,
    cache: new ListedCache(),
    positions: { get: () => null },
    marks: new WatchedMarks({
      db,
      receiverOf: (id) => sources.getClient(id),
      now: () => systemClock.now(),
      logger: quiet,
    }),
    capabilities: { of: () => chromiumCapabilities },
    limits: { of: () => null },
    logger: quiet,
  })
  const images = createImageService({ db, sources, clock: systemClock })
  const subtitles = createSubtitleService({ store: memory.subtitles, sources })
  const sourceId = asSourceId(sources.getSources()[0]?.sourceId ?? '')
  const browse = async () => {
    const [films] = await library.getSections(sourceId)
    const page = await library.getItems({ sourceId, sectionId: films?.sectionId ?? '', offset: 0, limit: 10 })
    const item = await library.getItem(sourceId, String(TEST_FILM))
    const part = item.versions[0]?.parts[0]
    const poster = new URL(item.posterUrl ?? '', 'http://page').searchParams.get('path') ?? ''
    const image = await images.getImage(sourceId, poster, 160, 240)
    const track = part?.tracks.find((candidate) => candidate.url !== null)
    return {
      films: films?.title,
      titles: page.items.map((row) => [row.ratingKey, row.title, row.posterUrl]),
      total: page.total,
      tracks: part?.tracks,
      sizes: part?.qualities.map((option) => [option.quality, option.label, option.bytesTotal]),
      chapters: item.chapters,
      picture: [image.mime, image.bytes.byteLength],
      subtitle: await subtitles.getSubtitle(sourceId, track?.streamId ?? ''),
      found: (await library.search(item.title.slice(0, 4))).map((row) => row.ratingKey),
      home: (await library.getHome()).map((row) => [row.rowId, row.items.length]),
    }
  }
  const online = await browse()
  expect(online.total).toBe(1)
  expect(online.titles[0]?.[0]).toBe(String(TEST_FILM))
  expect(online.sizes?.[0]).toEqual(['original', 'Original', expect.any(Number)])
  expect(online.tracks?.map((track) => track.kind)).toEqual(['audio', 'audio', 'subtitle', 'subtitle'])
  expect(online.picture[0]).toBe('image/jpeg')
  expect(online.subtitle).toMatch(/^WEBVTT\n\n\d\d:\d\d:\d\d\.\d{3} --> /)
  expect(online.found).toEqual([String(TEST_FILM)])
  expect(online.home.length).toBeGreaterThan(0)

  await control(server, { serving: false })
  const wentOff = Promise.withResolvers<void>()
  using _ = sources.onChange(([source]) => {
    if (source?.connection === 'offline') wentOff.resolve()
  })
  // The first question after it is what finds out.
  await images.getImage(sourceId, '/library/metadata/1/thumb/1', 1, 1).catch(() => undefined)
  if (sources.getSources()[0]?.connection !== 'offline') await wentOff.promise
  const before = await counters(server)
  expect(await browse()).toEqual(online)
  const after = await counters(server)
  expect(after.requests).toBe(before.requests)
  expect(after.refused - before.refused).toBeLessThanOrEqual(1)
  library.close()
  await memory.close()
}, 60_000)
