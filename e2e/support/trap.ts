import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

interface TrappedRequest {
  readonly at: number
  readonly line: string
}

/** A server that only listens: takes the place of one that was stopped, answers nothing useful and remembers who asked for what. */
export interface Trap extends AsyncDisposable {
  readonly requests: readonly TrappedRequest[]
}

/** Binds `port` on loopback. */
export async function setTrap(port: number): Promise<Trap> {
  const requests: TrappedRequest[] = []
  const server = createServer((request: IncomingMessage, response) => {
    requests.push({ at: performance.now(), line: `${request.method} ${request.url}` })
    response.writeHead(503).end()
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  if ((server.address() as AddressInfo).port !== port) throw new Error('bound another port')
  return {
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
