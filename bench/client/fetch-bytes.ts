import { Agent, get } from 'node:http'

export interface Fetched {
  readonly ttfbMs: number
  readonly totalMs: number
  /** When the first byte came, by `performance.now()`. */
  readonly firstAt: number
  readonly bytes: number
}

/** One connection that stays open. */
export const keptConnection = (): Agent => new Agent({ keepAlive: true, maxSockets: 1 })

/**
 * Asks for a range and reads it. `enough`: closes the connection after so many bytes, as a browser does that seeks. Without an agent the
 * connection is a new one.
 */
export function fetchBytes(
  url: string,
  range: string,
  options: { readonly agent?: Agent; readonly enough?: number } = {},
): Promise<Fetched> {
  const enough = options.enough ?? Number.POSITIVE_INFINITY
  const startedAt = performance.now()
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: options.agent ?? false, headers: { range } }, (reply) => {
      let bytes = 0
      let firstAt = 0
      const done = (): void =>
        resolve({ ttfbMs: firstAt - startedAt, totalMs: performance.now() - startedAt, firstAt, bytes })
      if (reply.statusCode !== 206 && reply.statusCode !== 200)
        return reject(new Error(`${url} answered ${reply.statusCode}`))
      reply.on('data', (piece: Buffer) => {
        if (bytes === 0) firstAt = performance.now()
        bytes += piece.length
        if (bytes < enough) return
        reply.destroy()
        done()
      })
      reply.on('end', done)
      reply.on('error', (error) => {
        if (bytes < enough) reject(error)
      })
    })
    request.on('error', reject)
  })
}
