import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startDemoServer, type DemoServer } from '../demo-server.ts'
import { CATALOGUE } from '../library/catalogue.ts'
import { runFfmpeg } from '../media/run-ffmpeg.ts'
import { frameMarks } from '../testing/pictures.ts'
import { control, get } from '../testing/test-server.ts'

/** 40 s of 720p: the quickest to encode. */
const film = { ratingKey: 110, code: 10, framesPerSecond: 24 }
const startServer = (downloadsFolder: string): Promise<DemoServer> => {
  const movies = CATALOGUE.movies.filter(({ ratingKey }) => ratingKey === film.ratingKey)
  return startDemoServer({ catalogue: { movies, shows: [] }, onProgress: () => {}, downloadsFolder })
}
const folder = mkdtempSync(join(tmpdir(), 'spool-downloads-test-'))
let server: DemoServer

beforeAll(async () => {
  server = await startServer(folder)
}, 120_000)
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

const small = { videoResolution: '420x240', maxVideoBitrate: '320' }
const profile =
  'add-transcode-target(type=videoProfile&context=static&protocol=http&container=mp4&videoCodec=h264&audioCodec=aac)'

interface Row {
  readonly id: number
  readonly status: string
  readonly error?: string
  readonly TranscodeSession?: { readonly progress: number; readonly timeStamp: number }
}

class Client {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }

  ask(method: string, path: string, headers: Record<string, string> = {}): Promise<Response> {
    return get(server, `/downloadQueue${path}`, {
      method,
      headers: { 'X-Plex-Client-Identifier': this.name, ...headers },
    })
  }

  async rows<T>(method: string, path: string, name: string): Promise<T[]> {
    const response = await this.ask(method, path)
    expect(response.status).toBe(200)
    const { MediaContainer } = (await response.json()) as { MediaContainer: Record<string, T[]> }
    return MediaContainer[name] ?? []
  }

  async queue(): Promise<{ id: number; itemCount: number; status: string }> {
    const [row] = await this.rows<{ id: number; itemCount: number; status: string }>(
      'POST',
      '',
      'DownloadQueue',
    )
    return row!
  }

  addPath(queueId: number, overrides: Record<string, string> = {}): string {
    const parameters: Record<string, string> = {
      keys: `/library/metadata/${film.ratingKey}`,
      protocol: 'http',
      mediaIndex: '0',
      partIndex: '0',
      directPlay: '0',
      directStream: '0',
      subtitles: 'none',
      'X-Plex-Product': 'Spool',
      'X-Plex-Platform': 'Generic',
      'X-Plex-Session-Identifier': 'order',
      'X-Plex-Client-Profile-Extra': profile,
      ...small,
      ...overrides,
    }
    const strict = (text: string): string =>
      encodeURIComponent(text).replaceAll('(', '%28').replaceAll(')', '%29')
    return `/${queueId}/add?${Object.entries(parameters)
      .map(([name, value]) => `${name}=${strict(value)}`)
      .join('&')}`
  }

  async add(queueId: number, overrides: Record<string, string> = {}): Promise<number> {
    const [row] = await this.rows<Row>('POST', this.addPath(queueId, overrides), 'AddedQueueItems')
    return row!.id
  }

  async row(queueId: number, id: number): Promise<Row> {
    const [row] = await this.rows<Row>('GET', `/${queueId}/items/${id}`, 'DownloadQueueItem')
    return row!
  }

  async becomes(queueId: number, id: number, status: string): Promise<void> {
    await expect.poll(async () => (await this.row(queueId, id)).status, { timeout: 40_000 }).toBe(status)
  }
}

test('an order becomes one file with ranges, and nothing is left of it', { timeout: 60_000 }, async () => {
  const client = new Client('orders')
  const { id: queue } = await client.queue()
  expect((await client.queue()).id).toBe(queue)
  const id = await client.add(queue)
  const early = await client.ask('GET', `/${queue}/item/${id}/media`)
  expect(early.status).toBe(503)
  expect(early.headers.get('retry-after')).toMatch(/^(-1|\d+)$/)
  expect((await client.ask('GET', `/${queue}/item/${id}/decision`)).status).toBe(400)
  expect(await client.add(queue), 'the same order again').toBe(id)
  await client.becomes(queue, id, 'available')

  const decision = await client.ask('GET', `/${queue}/item/${id}/decision`)
  const { MediaContainer } = (await decision.json()) as {
    MediaContainer: { Metadata: { Media: { container: string; protocol: string; height: number }[] }[] }
  }
  expect(MediaContainer.Metadata[0]!.Media[0]).toMatchObject({
    container: 'mp4',
    protocol: 'http',
    height: 236,
  })

  const head = await client.ask('HEAD', `/${queue}/item/${id}/media`)
  const sizeBytes = Number(head.headers.get('content-length'))
  const whole = Buffer.from(await (await client.ask('GET', `/${queue}/item/${id}/media`)).arrayBuffer())
  expect(whole.length).toBe(sizeBytes)
  const part = await client.ask('GET', `/${queue}/item/${id}/media`, { Range: 'bytes=1000-1999' })
  expect(part.status).toBe(206)
  expect(part.headers.get('content-range')).toBe(`bytes 1000-1999/${sizeBytes}`)
  expect(Buffer.from(await part.arrayBuffer()).equals(whole.subarray(1000, 2000))).toBe(true)

  const path = join(folder, 'film.mp4')
  await writeFile(path, whole)
  const segment = await runFfmpeg([
    '-ss',
    '30',
    '-i',
    path,
    '-t',
    '0.2',
    '-c',
    'copy',
    '-f',
    'mpegts',
    'pipe:1',
  ])
  const marks = await frameMarks(segment)
  expect(marks.at(-1)).toMatchObject({ film: film.code, rung: 13 })
  expect(marks.some((mark) => mark?.frame === 30 * film.framesPerSecond)).toBe(true)

  expect((await client.ask('DELETE', `/${queue}/items/${id}`)).status).toBe(204)
  expect((await client.ask('GET', `/${queue}/items/${id}`)).status).toBe(404)
  expect((await client.ask('DELETE', `/${queue}`)).status).toBe(405)
})

test('an original that is ordered as it is comes byte for byte', async () => {
  const client = new Client('originals')
  const { id: queue } = await client.queue()
  const id = await client.add(queue, { directPlay: '1' })
  await client.becomes(queue, id, 'available')
  const media = await client.ask('HEAD', `/${queue}/item/${id}/media`)
  expect(media.headers.get('content-type')).toBe('video/x-matroska')
  await client.ask('DELETE', `/${queue}/items/${id}`)
})

test('queues are per client, and need one', async () => {
  const mine = new Client('mine')
  const yours = new Client('yours')
  const { id: queue } = await mine.queue()
  expect((await yours.queue()).id).not.toBe(queue)
  expect((await yours.ask('GET', `/${queue}/items`)).status).toBe(404)
  expect((await yours.ask('POST', yours.addPath(queue))).status).toBe(404)
  expect((await mine.ask('POST', mine.addPath(queue, { 'X-Plex-Platform': 'Linux' }))).status).toBe(400)
  expect((await get(server, '/downloadQueue', { method: 'POST' })).status).toBe(400)
})

test('a server that is started again goes on with what it had', { timeout: 90_000 }, async () => {
  const client = new Client('restarts')
  const { id: queue } = await client.queue()
  const done = await client.add(queue)
  await client.becomes(queue, done, 'available')
  const before = Buffer.from(await (await client.ask('GET', `/${queue}/item/${done}/media`)).arrayBuffer())
  await control(server, { encoderSpeed: 10 })
  const half = await client.add(queue, { maxVideoBitrate: '200' })
  await expect
    .poll(async () => (await client.row(queue, half)).TranscodeSession?.progress ?? 0, { timeout: 20_000 })
    .toBeGreaterThan(5)
  await server.close()
  server = await startServer(folder)
  const after = Buffer.from(await (await client.ask('GET', `/${queue}/item/${done}/media`)).arrayBuffer())
  expect(after.equals(before)).toBe(true)
  expect(['waiting', 'processing']).toContain((await client.row(queue, half)).status)
  await client.becomes(queue, half, 'available')
  await client.ask('DELETE', `/${queue}/items/${done},${half}`)
})

test(
  'what fails can be restarted, what expired is gone, and an encode made again is another file',
  { timeout: 90_000 },
  async () => {
    const client = new Client('fails')
    const { id: queue } = await client.queue()
    const tell = (wish: unknown) =>
      fetch(`${server.url}/demo/downloads`, { method: 'POST', body: JSON.stringify(wish) })
    await tell({ failures: 1 })
    const id = await client.add(queue)
    await client.becomes(queue, id, 'error')
    expect((await client.row(queue, id)).error).toMatch(/failed/i)
    expect((await client.ask('GET', `/${queue}/item/${id}/media`)).status).toBe(500)
    expect((await client.ask('POST', `/${queue}/items/${id}/restart`)).status).toBe(200)
    await client.becomes(queue, id, 'available')
    const first = Buffer.from(await (await client.ask('GET', `/${queue}/item/${id}/media`)).arrayBuffer())
    await client.ask('POST', `/${queue}/items/${id}/restart`)
    await client.becomes(queue, id, 'available')
    const second = Buffer.from(await (await client.ask('GET', `/${queue}/item/${id}/media`)).arrayBuffer())
    expect(second.equals(first)).toBe(false)
    await tell({ expire: true })
    expect((await client.row(queue, id)).status).toBe('expired')
    expect((await client.ask('GET', `/${queue}/item/${id}/media`)).status).toBe(404)
    await client.ask('DELETE', `/${queue}/items/${id}`)
    expect((await tell({ nonsense: 1 })).status).toBe(400)
  },
)

test('an older server has no queue, and one whose downloads are done leaves no folder', async () => {
  await control(server, { queue: false })
  expect((await new Client('old').ask('POST', '')).status).toBe(404)
  await control(server, { queue: true })
  const other = join(folder, 'other')
  const brief = await startServer(other)
  await get(brief, '/downloadQueue', { method: 'POST', headers: { 'X-Plex-Client-Identifier': 'brief' } })
  expect(existsSync(other)).toBe(true)
  await brief.close()
  expect(existsSync(other)).toBe(false)
})
