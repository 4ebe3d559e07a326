import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CacheDiagnostics, ErrorCode, OddReply } from '../../../../src-preload/contract/index.ts'
import { ServedCounts } from '../served-counts.ts'
import { rangeOf, type OriginRequest, type ScriptedOrigin } from './scripted-origin.ts'

const noOddReplies = new ServedCounts().oddReplies

/** One way to spoil a reply, over a real socket. */
export type Fault = (origin: ScriptedOrigin, request: IncomingMessage, response: ServerResponse) => void

const status =
  (code: number, headers: Record<string, string> = {}, body = ''): Fault =>
  (_origin, _request, response) =>
    void response.writeHead(code, headers).end(body)

type Headers = Record<string, string | number>

/** Right bytes, and headers that are changed from the right ones. */
const mislabelled =
  (change: (headers: Headers, range: OriginRequest, total: number) => Headers): Fault =>
  (origin, request, response) => {
    const range = rangeOf(request, origin.data.length)
    response.writeHead(206, change(origin.partHeaders(range), range, origin.data.length))
    origin.send(response, range, Number.POSITIVE_INFINITY)
  }

const contentRange = (text: (range: OriginRequest, total: number) => string): Fault =>
  mislabelled((headers, range, total) => ({ ...headers, 'content-range': text(range, total) }))

/** Without a length: the end of the connection is the end of the body. */
const unframed = (headers: Headers): Headers => {
  const { 'content-length': _length, ...rest } = headers
  return rest
}

/** The first `bytes` of the part, and then the `end` of the connection. */
export const cutAfter =
  (bytes: number, how: 'reset' | 'end' | 'silence' | 'missing-length'): Fault =>
  (origin, request, response) => {
    const range = rangeOf(request, origin.data.length)
    const headers = origin.partHeaders(range)
    response.writeHead(206, how === 'missing-length' ? unframed(headers) : headers)
    response.flushHeaders()
    const body = origin.data.subarray(range.start, Math.min(range.end, range.start + bytes))
    response.write(body, () => {
      if (how === 'reset') response.socket?.resetAndDestroy()
      else if (how === 'end') response.socket?.end()
      else if (how === 'missing-length') response.end()
    })
  }

const overlong =
  (isLeftOpen: boolean): Fault =>
  (origin, request, response) => {
    const range = rangeOf(request, origin.data.length)
    response.writeHead(206, unframed(origin.partHeaders(range)))
    response.write(origin.data.subarray(range.start, range.end))
    response.write(Buffer.alloc(300_000, 0xee))
    if (!isLeftOpen) response.end()
  }

type Counted = Pick<CacheDiagnostics, 'failures' | 'oddReplies'>

/** What diagnostics say of one such reply to a request for a whole file; null: it is as good as any. */
const countedOnce = (odd: OddReply | null, code: ErrorCode | null): Counted => ({
  oddReplies: { ...noOddReplies, ...(odd === null ? {} : { [odd]: 1 }) },
  failures: code === null ? {} : { [code]: 1 },
})

/** How each of `passingFaults` is counted, when it is the reply to the first request for all of a file of known size. */
export const countedFaults: Readonly<Record<string, Counted>> = Object.fromEntries(
  (
    [
      [
        'busy',
        'source-busy',
        ['408', '425', '429 with a time', '500', '503 with a date', '503 with nonsense'],
      ],
      ['missing', 'bad-reply', ['404 of a file that is there', '410 of a file that is there']],
      // The next request, with other credentials, is the one that counts.
      ['refused', null, ['401 until the access is renewed', '403 until the access is renewed']],
      [
        'malformed',
        'bad-reply',
        [
          '416 without a size',
          '416 with the right size',
          '302',
          '204',
          '205',
          'a page',
          'a page as a part',
          'JSON',
          'an empty 200',
          'another start',
          'other units',
          'no sense in the range',
          'an end before its start',
          'no range',
          'many ranges',
          'an encoded body',
        ],
      ],
      ['changed', 'bad-reply', ['416 with a wrong size', 'another size']],
      ['partial', null, ['less than asked for']],
      ['overlong', null, ['more than announced', 'more than announced, without an end']],
      [
        'short',
        'source-unreachable',
        ['an end in the body that looks right', 'an end before the body that looks right'],
      ],
      [
        null,
        'source-unreachable',
        ['a reset before the head', 'a close before the head', 'a reset in the body', 'a close in the body'],
      ],
      // Of a file that nothing is known of yet but its size.
      [null, null, ['an unknown size', 'another ETag', 'more than asked for']],
    ] as const
  ).flatMap(([odd, code, names]) => names.map((name) => [name, countedOnce(odd, code)])),
)

/** What a source does now and then, and what must not hurt anybody. */
export const passingFaults: Readonly<Record<string, Fault>> = {
  '408': status(408),
  '425': status(425),
  '429 with a time': status(429, { 'retry-after': '0' }),
  '500': status(500),
  '503 with a date': status(503, { 'retry-after': new Date(0).toUTCString() }),
  '503 with nonsense': status(503, { 'retry-after': '-1' }),
  '404 of a file that is there': status(404),
  '410 of a file that is there': status(410),
  '401 until the access is renewed': status(401),
  '403 until the access is renewed': status(403),
  '416 without a size': status(416),
  '416 with the right size': (origin, _request, response) =>
    void response.writeHead(416, { 'content-range': `bytes */${origin.data.length}` }).end(),
  '416 with a wrong size': status(416, { 'content-range': 'bytes */5' }),
  '302': status(302, { location: '/elsewhere' }),
  '204': status(204),
  '205': status(205),
  'a page': status(200, { 'content-type': 'text/html' }, '<h1>Welcome to our hotel</h1>'),
  'a page as a part': status(206, { 'content-type': 'text/html', 'content-range': 'bytes 0-3/4' }, '<h1>'),
  JSON: status(200, { 'content-type': 'application/json' }, '{}'),
  'an empty 200': status(200, { 'content-length': '0' }),
  'another start': contentRange(({ start, end }, total) => `bytes ${start + 1}-${end - 1}/${total}`),
  'other units': contentRange(({ start, end }, total) => `items ${start}-${end - 1}/${total}`),
  'no sense in the range': contentRange(() => 'bytes nonsense'),
  'an end before its start': contentRange(({ start }, total) => `bytes ${start}-${start - 1}/${total}`),
  'another size': contentRange(({ start, end }, total) => `bytes ${start}-${end - 1}/${total + 1}`),
  'an unknown size': contentRange(({ start, end }) => `bytes ${start}-${end - 1}/*`),
  'no range': mislabelled(({ 'content-range': _range, ...headers }) => headers),
  'many ranges': mislabelled((headers) => ({
    ...headers,
    'content-type': 'multipart/byteranges; boundary=x',
  })),
  'an encoded body': mislabelled((headers) => ({ ...headers, 'content-encoding': 'gzip' })),
  'another ETag': mislabelled((headers) => ({ ...headers, etag: '"of another file"' })),
  'less than asked for': (origin, request, response) => {
    const { start, end } = rangeOf(request, origin.data.length)
    const part = { start, end: start + Math.ceil((end - start) / 3) }
    response.writeHead(206, origin.partHeaders(part))
    origin.send(response, part, Number.POSITIVE_INFINITY)
  },
  'more than asked for': (origin, request, response) => {
    const part = { start: rangeOf(request, origin.data.length).start, end: origin.data.length }
    response.writeHead(206, origin.partHeaders(part))
    origin.send(response, part, Number.POSITIVE_INFINITY)
  },
  'more than announced': overlong(false),
  'more than announced, without an end': overlong(true),
  'a reset before the head': (_origin, _request, response) => void response.socket?.resetAndDestroy(),
  'a close before the head': (_origin, _request, response) => void response.socket?.end(),
  'a reset in the body': cutAfter(70_001, 'reset'),
  'a close in the body': cutAfter(70_001, 'end'),
  'an end in the body that looks right': cutAfter(70_001, 'missing-length'),
  'an end before the body that looks right': cutAfter(0, 'missing-length'),
}
