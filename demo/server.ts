/** `npm run demo:server`: the demo Plex Media Server as a process of its own. */
import { startDemoServer } from './demo-server.ts'
import { demoFlagNames, readDemoFlags } from './read-flags.ts'

const EXIT_LIMIT_MS = 2500

// Whoever read what is said here may be gone, which ends nothing.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)

async function main(): Promise<void> {
  const flags = readDemoFlags(process.argv.slice(2))
  if (flags.wantsHelp) return console.error(`The demo server takes ${demoFlagNames}.`)
  const leaving = new AbortController()
  let close = async (): Promise<void> => {}
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.once(signal, () => {
      leaving.abort()
      setTimeout(() => process.exit(0), EXIT_LIMIT_MS).unref()
      void close().then(() => process.exit(0))
    })
  }
  try {
    const { port, control, downloadsFolder } = flags
    const server = await startDemoServer({
      port,
      control,
      signal: leaving.signal,
      ...(downloadsFolder === null ? {} : { downloadsFolder }),
    })
    close = () => server.close()
    const { url, token, machineIdentifier } = server
    console.error(`Demo server on ${url}, token ${token}`)
    if (flags.isJson) console.log(JSON.stringify({ url, token, machineIdentifier, pid: process.pid }))
  } catch (error) {
    if (leaving.signal.aborted) process.exit(0)
    throw isPortTaken(error)
      ? new RangeError(`Port ${flags.port} is in use. Choose another with --port N.`, { cause: error })
      : error
  }
}

function isPortTaken(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'EADDRINUSE' || code === 'EACCES'
}

/** A mistake of who typed is a sentence; anything else is ours, and shows where. */
function fail(error: unknown): never {
  const message = error instanceof Error ? error.message : String(error)
  const code = error instanceof RangeError ? 'bad-params' : 'internal'
  console.error(code === 'bad-params' ? message : error)
  if (process.argv.includes('--json')) console.log(JSON.stringify({ error: { code, message } }))
  process.exit(1)
}

await main().catch(fail)
