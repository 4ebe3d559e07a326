import type { ChildProcess } from 'node:child_process'
import { homedir } from 'node:os'
import { createInterface } from 'node:readline'
import { readDemoFlags } from '../demo/read-flags.ts'
import { DEMO_FRIENDLY_NAME, DEMO_MACHINE_IDENTIFIER, DEMO_TOKEN } from '../demo/identity.ts'
import { defaultDataDir } from '../src-main/shell-common/default-data-dir.ts'
import { FlagError, appFlags, parseFlags, readFlags } from '../src-main/shell-common/read-flags.ts'
import { startApp } from './run-start.ts'
import { SetUpError, say } from './set-up/say.mjs'
import { endAll, exitOf, isShuttingDown, startProgram } from './supervise.mjs'

interface DemoServer {
  readonly url: string
  readonly token: string
  readonly machineIdentifier: string
  /** Null when this server was already running and did not say. */
  readonly pid: number | null
}

/** Starts the demo server, unless one is named, and the app on it: two processes, this one only watches them. */
export async function runDemo(args: readonly string[]): Promise<number> {
  const flags = parseFlags(args, demoFlags)
  const appArgs = [
    '--data',
    flags.data ??
      defaultDataDir('spool-demo', { platform: process.platform, homeDir: homedir(), env: process.env }),
  ]
  if (flags.headless) appArgs.push('--headless')
  if (flags.port !== undefined) appArgs.push('--port', flags.port)
  if (flags.json) appArgs.push('--json')
  // A mistake in them is told before a server is started for nothing.
  readFlags(appArgs)
  const serverArgs = readServerArgs(flags)
  const server = flags.server === undefined ? await startServer(serverArgs) : attach(flags.server)
  const env = {
    ...process.env,
    SPOOL_SERVER_URL: server.url,
    SPOOL_SERVER_TOKEN: server.token,
    SPOOL_SERVER_ID: server.machineIdentifier,
    SPOOL_SERVER_NAME: DEMO_FRIENDLY_NAME,
  }
  const app = await startApp(appArgs, env, 'pipe')
  // The app knows nothing of demos: its line gets the server's part here, anything else passes through.
  forEachLine(app, (line) => {
    const report = line.startsWith('{') ? (JSON.parse(line) as Record<string, unknown>) : null
    process.stdout.write(
      `${report === null || 'error' in report ? line : JSON.stringify({ ...report, server })}\n`,
    )
  })
  const code = await exitOf(app)
  endAll()
  return code
}

/** The app's flags are handed on as they are; these are the demo's own. */
const demoFlags = { ...appFlags, server: 'URL', 'server-port': 'N', serving: 'false' } as const

/** What the demo server is started with, as it takes it. A mistake is told here, once, and by the name it was typed with. */
function readServerArgs(flags: {
  readonly server?: string
  readonly 'server-port'?: string
  readonly serving?: string
}): readonly string[] {
  const args = []
  if (flags['server-port'] !== undefined) args.push('--port', flags['server-port'])
  if (flags.serving !== undefined) args.push('--serving', flags.serving)
  if (args.length > 0 && flags.server !== undefined)
    throw new FlagError(
      '--server names a server that runs already: --server-port and --serving are for a new one.',
    )
  try {
    readDemoFlags(args)
  } catch (error) {
    throw error instanceof RangeError ? problemOf({ code: 'bad-params', message: error.message }) : error
  }
  return args
}

/** Starts the demo server and waits until it says where it is. Its first start makes the films, which takes minutes. */
async function startServer(args: readonly string[]): Promise<DemoServer> {
  const child = startProgram(['demo/server.ts', '--json', ...args], { stdout: 'pipe', endsLast: true })
  const server = await firstReport(child)
  child.once('exit', () => {
    if (!isShuttingDown()) say('The demo server has ended; the app goes on without it.')
  })
  return server
}

function firstReport(child: ChildProcess): Promise<DemoServer> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => {
      reject(new SetUpError(`The demo server ended before it was ready (exit code ${code ?? 'none'}).`))
    })
    forEachLine(child, (line) => {
      if (!line.startsWith('{')) return
      const report = JSON.parse(line) as DemoServer | { error: { code: string; message: string } }
      if ('error' in report) reject(problemOf(report.error))
      else resolve(report)
    })
  })
}

/** The demo server has said it on stderr already; `--server-port` is its `--port`. */
const problemOf = ({ code, message }: { code: string; message: string }): Error =>
  code === 'bad-params'
    ? new FlagError(message.replaceAll('--port', '--server-port'))
    : new SetUpError(message)

/** Takes a demo server that runs already, also one that is switched off at the moment. */
function attach(url: string): DemoServer {
  const origin = URL.parse(url)?.origin
  if (origin === undefined)
    throw new FlagError(`--server ${url} is not an address such as http://127.0.0.1:32500.`)
  return { url: origin, token: DEMO_TOKEN, machineIdentifier: DEMO_MACHINE_IDENTIFIER, pid: null }
}

function forEachLine(child: ChildProcess, onLine: (line: string) => void): void {
  if (child.stdout !== null) createInterface({ input: child.stdout }).on('line', onLine)
}
