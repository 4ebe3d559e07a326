import type { Oddities } from '../../demo/transcode/oddities.ts'
import { startProcess, type SpoolProcess } from './spool-process.ts'

/** What `POST /demo/control` takes and answers, see surface "Demo server control". */
export interface DemoControl {
  readonly latencyMs: number
  readonly mbps: number | null
  readonly serving: boolean
  readonly mode: 'reset' | 'hang'
  readonly encoderSpeed: number | null
  readonly queue: boolean
  readonly transcode: Partial<Oddities>
  readonly refuse: Readonly<Record<string, unknown>>
  readonly maxKbps: number | null
  readonly maxStreams: number | null
  readonly relay: boolean
  readonly decision: number | null
  readonly terminate: string | null
}

export interface DemoEncoder {
  readonly session: string
  readonly clientIdentifier: string
  readonly ratingKey: string
  readonly width: number
  readonly kbps: number
  readonly headSegment: number
  readonly pid: number
}

export interface DemoCounters {
  readonly requests: number
  readonly bytes: number
  readonly refused: number
  readonly byPath: Readonly<Record<string, { readonly requests: number; readonly bytes: number }>>
  readonly encoders: readonly DemoEncoder[]
  readonly sessions: number
  /** The latest starts of encoders, and the time to their first segment. */
  readonly starts: readonly { readonly session: string; readonly segment: number; readonly ms: number }[]
}

interface DemoReport {
  readonly url: string
  readonly token: string
  readonly machineIdentifier: string
  readonly pid: number
}

/** The demo server as a process of its own. */
export interface Demo {
  readonly url: string
  readonly token: string
  readonly machineIdentifier: string
  control(patch: Partial<DemoControl>): Promise<DemoControl>
  counters(): Promise<DemoCounters>
  resetCounters(): Promise<void>
  /** Everything as after a fresh start: served, unthrottled, counters at zero. */
  reset(): Promise<void>
  stop(): Promise<void>
  /** SIGKILL. */
  kill(): Promise<void>
}

/** The first start ever makes the films, which takes minutes. */
const mediaPatienceMs = 300_000

export async function startDemo(flags: readonly string[] = []): Promise<Demo> {
  const server: SpoolProcess<DemoReport> = await startProcess<DemoReport>(
    ['demo/server.ts', '--json', ...flags],
    {},
    mediaPatienceMs,
  )
  const { url, token, machineIdentifier } = server.report
  const post = async <T>(path: string, body: unknown): Promise<T> => {
    const reply = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!reply.ok) throw new Error(`POST ${path}: ${reply.status} ${await reply.text()}`)
    return (await reply.json().catch(() => null)) as T
  }
  const control = (patch: Partial<DemoControl>): Promise<DemoControl> => post('/demo/control', patch)
  const resetCounters = (): Promise<void> => post('/demo/counters/reset', {})
  return {
    url,
    token,
    machineIdentifier,
    control,
    resetCounters,
    async counters() {
      return (await (await fetch(`${url}/demo/counters`)).json()) as DemoCounters
    },
    async reset() {
      await control({
        latencyMs: 0,
        mbps: null,
        serving: true,
        mode: 'reset',
        encoderSpeed: null,
        queue: false,
        transcode: {},
        refuse: {},
        maxKbps: null,
        maxStreams: null,
        relay: false,
        decision: null,
        terminate: null,
      })
      await resetCounters()
    },
    async stop() {
      await server.stop()
    },
    kill: () => server.kill(),
  }
}
