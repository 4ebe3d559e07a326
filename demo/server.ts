/** `npm run demo:server`: the demo Plex Media Server as a process of its own. */
import { parseArgs } from 'node:util'
import { changeControl, DEFAULT_CONTROL, type ControlState } from './control/control.ts'
import { startDemoServer } from './demo-server.ts'

const USAGE =
  'demo/server.ts [--json] [--port N] [--serving false] [--latency-ms N] [--mbps N] [--downloads DIR]'

const EXIT_LIMIT_MS = 2500

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      port: { type: 'string', default: '0' },
      serving: { type: 'string', default: 'true' },
      'latency-ms': { type: 'string' },
      mbps: { type: 'string' },
      downloads: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return console.error(USAGE)
  const leaving = new AbortController()
  let close = async (): Promise<void> => {}
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      leaving.abort()
      setTimeout(() => process.exit(0), EXIT_LIMIT_MS).unref()
      void close().then(() => process.exit(0))
    })
  }
  try {
    const port = numberOf('port', values.port)
    const server = await startDemoServer({
      port,
      control: controlOf(values),
      signal: leaving.signal,
      ...(values.downloads === undefined ? {} : { downloadsFolder: values.downloads }),
    })
    close = () => server.close()
    const { url, token, machineIdentifier } = server
    console.error(`Demo server on ${url}, token ${token}`)
    if (values.json) console.log(JSON.stringify({ url, token, machineIdentifier, pid: process.pid }))
  } catch (error) {
    if (leaving.signal.aborted) process.exit(0)
    fail(error, values.json)
  }
}

function controlOf(values: { serving: string; 'latency-ms'?: string; mbps?: string }): ControlState {
  const latencyMs = values['latency-ms']
  return changeControl(DEFAULT_CONTROL, {
    serving: values.serving !== 'false',
    ...(latencyMs === undefined ? {} : { latencyMs: numberOf('latency-ms', latencyMs) }),
    ...(values.mbps === undefined ? {} : { mbps: numberOf('mbps', values.mbps) }),
  })
}

function numberOf(flag: string, text: string): number {
  const number = Number(text)
  if (text === '' || !(number >= 0)) throw new RangeError(`--${flag} needs a number`)
  return number
}

function fail(error: unknown, isJson: boolean): never {
  const message = error instanceof Error ? error.message : String(error)
  console.error(error)
  if (isJson) console.log(JSON.stringify({ error: { code: codeOf(error), message } }))
  process.exit(1)
}

function codeOf(error: unknown): string {
  if (error instanceof RangeError) return 'bad-params'
  return (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? 'port-in-use' : 'internal'
}

await main().catch((error: unknown) => fail(error, process.argv.includes('--json')))
