import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerRequest, statsPath } from './engine/answer-request.ts'
import { readServeFlags } from './engine/read-serve-flags.ts'
import { startEngine, type Engine } from './engine/start-engine.ts'

const shutdownMs = 1_800

async function run(args: readonly string[]): Promise<void> {
  const flags = readServeFlags(args)
  const engine = await startEngine(flags)
  const server = createServer(
    { requestTimeout: 0, keepAliveTimeout: 30_000 },
    (incoming, outgoing) => void answerRequest(engine, incoming, outgoing),
  )
  endWhenAsked(server, engine)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(flags.port, '127.0.0.1', resolve)
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  process.stdout.write(`${JSON.stringify({ url, pid: process.pid, stats: url + statsPath })}\n`)
}

function endWhenAsked(server: Server, engine: Engine): void {
  let isEnding = false
  const end = (): void => {
    if (isEnding) return
    isEnding = true
    setTimeout(() => process.exit(1), shutdownMs)
    server.close()
    server.closeAllConnections()
    void engine.close().finally(() => process.exit(0))
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, end)
}

run(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
})
