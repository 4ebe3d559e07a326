import { startDemoServer, type DemoServer, type DemoServerOptions } from '../demo-server.ts'
import { CATALOGUE } from '../library/catalogue.ts'

/** The film that tests transcode: 75 s of 1080p in Matroska, two sound tracks, two external subtitles. */
export const TEST_FILM = 104
export const TEST_FILM_CODE = 4
export const TEST_FILM_FPS = 24

/** A demo server with one film, from the shared media folder, where it is made if it is not there (ten seconds). */
export async function startTestServer(
  options: DemoServerOptions = {},
): Promise<DemoServer & AsyncDisposable> {
  const movies = CATALOGUE.movies.filter(({ ratingKey }) => ratingKey === TEST_FILM)
  const server = await startDemoServer({ catalogue: { movies, shows: [] }, onProgress: () => {}, ...options })
  return { ...server, [Symbol.asyncDispose]: () => server.close() }
}

/** Fetches with the token, as JSON unless told otherwise. */
export function get(server: DemoServer, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = {
    Accept: 'application/json',
    'X-Plex-Token': server.token,
    ...(init.headers as Record<string, string>),
  }
  return fetch(server.url + path, { ...init, headers })
}

/** What tests look at in replies. */
export interface TestContainer {
  readonly totalSize?: number
  readonly generalDecisionCode?: number
  readonly Metadata: readonly [TestItem]
  readonly TranscodeSession: readonly [{ readonly throttled: boolean; readonly maxOffsetAvailable: number }]
}

interface TestItem {
  readonly thumb: string
  readonly viewCount?: number
  readonly Media: readonly [{ readonly Part: readonly [TestPart] }]
}

interface TestPart {
  readonly key: string
  readonly size: number
  readonly Stream: readonly { readonly streamType: number; readonly key?: string }[]
}

/** The body's MediaContainer. */
export async function container(response: Response): Promise<TestContainer> {
  return ((await response.json()) as { MediaContainer: TestContainer }).MediaContainer
}

/** Sets the server's control state. */
export async function control(server: DemoServer, change: unknown): Promise<Response> {
  return fetch(`${server.url}/demo/control`, { method: 'POST', body: JSON.stringify(change) })
}

interface TestEncoder {
  readonly session: string
  readonly pid: number
  readonly headSegment: number
}

interface TestCounters {
  readonly refused: number
  readonly sessions: number
  readonly encoders: readonly [TestEncoder, ...TestEncoder[]]
}

/** The counters' encoders and totals. */
export async function counters(server: DemoServer): Promise<TestCounters> {
  return (await fetch(`${server.url}/demo/counters`)).json() as Promise<TestCounters>
}

export const UNIVERSAL = '/video/:/transcode/universal'

/** A transcode's query; the same for decision and start. */
export function transcodeQuery(session: string, overrides: Record<string, string | null> = {}): string {
  const parameters: Record<string, string | null> = {
    path: `/library/metadata/${TEST_FILM}`,
    mediaIndex: '0',
    partIndex: '0',
    protocol: 'hls',
    session,
    directPlay: '0',
    directStream: '0',
    subtitles: 'none',
    videoResolution: '1280x720',
    maxVideoBitrate: '4000',
    'X-Plex-Session-Identifier': session,
    'X-Plex-Client-Identifier': `client-of-${session}`,
    'X-Plex-Product': 'Spool',
    'X-Plex-Platform': 'Generic',
    ...overrides,
  }
  return Object.entries(parameters)
    .flatMap(([name, value]) => (value === null ? [] : `${name}=${encodeURIComponent(value)}`))
    .join('&')
}

/** Decides and starts a transcode; returns the address that segments stand below. */
export async function startTranscode(
  server: DemoServer,
  session: string,
  overrides: Record<string, string | null> = {},
): Promise<string> {
  const query = transcodeQuery(session, overrides)
  for (const step of ['decision', 'start.m3u8']) {
    const response = await get(server, `${UNIVERSAL}/${step}?${query}`)
    if (!response.ok) throw new Error(`${step} answered ${response.status}`)
    await response.arrayBuffer()
  }
  return `${server.url}${UNIVERSAL}/session/${session}/base`
}
