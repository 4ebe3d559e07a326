import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startDemoServer, type DemoServer, type DemoServerOptions } from '../../../../demo/demo-server.ts'
import { track, versionsOf } from '../../../../demo/library/catalogue-build.ts'
import type { Catalogue, Movie } from '../../../../demo/library/catalogue-types.ts'

const movie = (ratingKey: number, title: string, versions: Movie['versions'], durationMs: number): Movie => ({
  type: 'movie',
  ratingKey,
  title,
  artName: 'glasshouse',
  tagline: '',
  summary: '',
  year: 2020,
  releasedOn: '2020-01-01',
  addedAt: 1_765_000_000 + ratingKey,
  updatedAt: 1_765_000_000,
  studio: 'Test',
  contentRating: 'PG',
  audienceRating: 7,
  genres: ['Drama'],
  countries: [],
  directors: ['Nobody'],
  writers: [],
  cast: [],
  durationMs,
  markers: [],
  versions,
})

const small = { container: 'mp4', size: [640, 360], framesPerSecond: 10, videoKbps: 1_000 } as const

/** Two films of a few seconds: one with two sound tracks, one in two parts. */
const catalogue: Catalogue = {
  movies: [
    movie(
      501,
      'Two Voices',
      versionsOf(501, 'Films/Two Voices', [
        [
          {
            ...small,
            name: 'two-voices',
            filmCode: 1,
            seconds: 15,
            audio: [track('aac', 'eng'), track('aac', 'fre', { isDefault: false, toneHz: 440 })],
          },
        ],
      ]),
      15_000,
    ),
    movie(
      502,
      'In Two Halves',
      versionsOf(502, 'Films/In Two Halves', [
        [
          { ...small, name: 'halves-1', filmCode: 2, seconds: 6 },
          { ...small, name: 'halves-2', filmCode: 3, seconds: 6 },
        ],
      ]),
      12_000,
    ),
  ],
  shows: [],
}

/** The demo server with a library that is made in seconds, once per machine. */
export const startSmallDemo = (
  sessionIdleS?: number,
  more: Pick<DemoServerOptions, 'port' | 'downloadsFolder'> = {},
): Promise<DemoServer> =>
  startDemoServer({
    ...more,
    catalogue,
    mediaFolder: join(tmpdir(), 'spool-small-demo-1'),
    onProgress: () => undefined,
    ...(sessionIdleS === undefined ? {} : { sessionIdleS }),
  })

export interface DemoCounters {
  readonly requests: number
  readonly refused: number
  readonly byPath: Readonly<Record<string, { readonly requests: number; readonly bytes: number }>>
  readonly encoders: readonly {
    readonly session: string
    readonly clientIdentifier: string
    readonly ratingKey: string
  }[]
  readonly sessions: number
}

/** Turns the demo server's switches; see `surface.md`. */
export async function control(server: DemoServer, change: Readonly<Record<string, unknown>>): Promise<void> {
  const reply = await fetch(`${server.url}/demo/control`, { method: 'POST', body: JSON.stringify(change) })
  if (!reply.ok) throw new Error(`control: ${reply.status}`)
}

export async function counters(server: DemoServer): Promise<DemoCounters> {
  return (await (await fetch(`${server.url}/demo/counters`)).json()) as DemoCounters
}
