import type { IncomingMessage } from 'node:http'
import { wantsJson } from './containers.ts'

/** A request as handlers see it. */
export interface RequestContext {
  readonly method: string
  /** Decoded path. */
  readonly path: string
  readonly rawQuery: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly isJson: boolean
  /** Parts of the path that the route names. */
  readonly params: Readonly<Record<string, string>>
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal
  /** A header, or the query parameter of the same name: the server takes either. */
  parameter(name: string): string | null
  readBody(): Promise<string>
}

const MAX_BODY_BYTES = 1_000_000

/** Wraps Node's request. */
export function requestContext(
  message: IncomingMessage,
  params: Record<string, string>,
  signal: AbortSignal,
): RequestContext {
  const { path, rawQuery } = splitUrl(message.url ?? '/')
  const query = new URLSearchParams(rawQuery)
  return {
    method: message.method ?? 'GET',
    path,
    rawQuery,
    query,
    headers: message.headers,
    isJson: wantsJson(message.headers.accept),
    params,
    signal,
    parameter: (name) => {
      const header = message.headers[name.toLowerCase()]
      return (Array.isArray(header) ? header[0] : header) ?? query.get(name)
    },
    readBody: async () => {
      let body = ''
      for await (const chunk of message) {
        body += String(chunk)
        if (body.length > MAX_BODY_BYTES) throw new Error('body too large')
      }
      return body
    },
  }
}

/** A request target's path, decoded where it can be, and its query untouched. */
export function splitUrl(url: string): { path: string; rawQuery: string } {
  const mark = url.indexOf('?')
  const rawPath = mark < 0 ? url : url.slice(0, mark)
  return { path: decodePath(rawPath), rawQuery: mark < 0 ? '' : url.slice(mark + 1) }
}

function decodePath(rawPath: string): string {
  try {
    return decodeURIComponent(rawPath)
  } catch {
    return rawPath
  }
}
