import { STATUS_CODES } from 'node:http'
import type { Readable } from 'node:stream'
import { renderJson, renderXml, type ReplyObject } from './containers.ts'

/** An answer, before it is counted, delayed and paced on its way out. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Bytes, or a stream whose length is in the headers; null for none. */
  readonly body: Buffer | Readable | null
}

/** A container, as JSON or XML. */
export function containerReply(
  container: ReplyObject,
  isJson: boolean,
  headers: Record<string, string> = {},
): Reply {
  const body = Buffer.from(isJson ? renderJson(container) : renderXml(container))
  return bytesReply(body, isJson ? 'application/json' : 'text/xml;charset=utf-8', 200, headers)
}

/** Whole bytes of a type. */
export function bytesReply(
  body: Buffer,
  type: string,
  status = 200,
  headers: Record<string, string> = {},
): Reply {
  return { status, headers: { 'Content-Type': type, 'Content-Length': `${body.length}`, ...headers }, body }
}

/** 200 with nothing in it, as scrobbling and pinging answer. */
export function emptyReply(): Reply {
  return { status: 200, headers: { 'Content-Length': '0' }, body: null }
}

/** A failure: a small HTML page, whatever the client accepts. */
export function errorReply(status: number, headers: Record<string, string> = {}): Reply {
  const name = STATUS_CODES[status] ?? 'Error'
  const page = `<html><head><title>${name}</title></head><body><h1>${status} ${name}</h1></body></html>`
  return bytesReply(Buffer.from(page), 'text/html', status, headers)
}

/** Thrown by handlers for a failure that is an answer. */
export class HttpError extends Error {
  readonly status: number
  constructor(status: number, reason = STATUS_CODES[status] ?? '') {
    super(reason)
    this.status = status
  }
}
