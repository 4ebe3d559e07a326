import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerFile, commonHeaders } from '../../src-main/core/media/answer-file.ts'
import { statusOfError } from '../../src-main/core/media/error-status.ts'
import { sendBody } from '../../src-main/core/media/send-body.ts'
import { toSpoolError } from '../../src-main/core/spool-error.ts'
import type { Engine } from './start-engine.ts'

/** The one path that is not the origin's. */
export const statsPath = '/.spool/stats'

/** Serves a path of the origin through the engine, by the product's own rules for ranges. Never rejects. */
export async function answerRequest(
  engine: Engine,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { method = 'GET', url = '/' } = incoming
  const gone = new AbortController()
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) gone.abort()
  })
  try {
    if (method !== 'GET' && method !== 'HEAD')
      return void outgoing.writeHead(405, { allow: 'GET, HEAD' }).end()
    if (!url.startsWith('/')) return void outgoing.writeHead(400).end()
    if (url === statsPath) return sendJson(outgoing, await engine.stats())
    await answerPath(engine, url, method, incoming, outgoing, gone.signal)
  } catch (thrown) {
    const error = toSpoolError(thrown)
    if (outgoing.headersSent) return void outgoing.destroy()
    outgoing
      .writeHead(statusOfError[error.code], { ...commonHeaders, 'x-spool-error': error.code })
      .end(method === 'HEAD' ? undefined : `${error.message}\n`)
  }
}

async function answerPath(
  engine: Engine,
  path: string,
  method: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const file = await engine.open(path)
  let isHandedOver = false
  try {
    const get = (name: string): string | null => {
      const value = incoming.headers[name]
      return typeof value === 'string' ? value : null
    }
    const reply = await answerFile(file, { method, headers: { get }, signal }, () => {
      isHandedOver = true
      return () => file[Symbol.dispose]()
    })
    outgoing.writeHead(reply.status, reply.headers)
    if (reply.body === null) outgoing.end()
    else await sendBody(reply.body, outgoing)
  } finally {
    if (!isHandedOver) file[Symbol.dispose]()
  }
}

function sendJson(outgoing: ServerResponse, value: unknown): void {
  outgoing.writeHead(200, { 'content-type': 'application/json' }).end(`${JSON.stringify(value)}\n`)
}
