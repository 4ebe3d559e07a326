import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ByteRequest } from '../upstream.ts'
import { noValidators, type Identity } from './identity.ts'
import { judgeReply, type Known, type ReplyVerdict } from './reply.ts'

type Head = Parameters<typeof judgeReply>[0]

const total = 1000
const partial = (range: string, more: Record<string, string> = {}) => ({
  status: 206,
  headers: { 'content-range': range, 'content-type': 'video/mp4', ...more },
})
const known = (totalBytes: number | null, more: Partial<Identity> = {}): Known => ({
  identity: { partKey: '/part', totalBytes, ...noValidators, ...more },
  trust: 'etag',
  now: Date.UTC(2026, 0, 1),
})
const doubted = (kind: 'malformed' | 'changed', of: object = {}): ReplyVerdict => ({
  action: 'doubt',
  doubt: expect.objectContaining({ kind, ...of }) as never,
})
const rejected = () => doubted('malformed')
const said = (action: string, code?: string): ReplyVerdict =>
  ({
    action,
    ...(code === undefined ? {} : { code }),
    detail: expect.stringMatching(/^status \d{3}$/) as string,
  }) as ReplyVerdict
const retried = (afterMs: number | null = null) =>
  expect.objectContaining({ action: 'retry', afterMs }) as ReplyVerdict
const changed = (totalBytes: number | null) =>
  doubted('changed', { seen: expect.objectContaining({ totalBytes }) })
const accepted = (
  start: number,
  end: number,
  knowsRanges: boolean | null = start > 0 || null,
): ReplyVerdict => ({
  action: 'accept',
  start,
  end,
  total,
  validators: noValidators,
  knowsRanges,
})
const middle = { start: 100, end: 200 }
const open = { start: 100, end: null }
const whole = { start: 0, end: null }

describe('judgeReply', () => {
  const table: readonly (readonly [string, [Head, ByteRequest, number | null], ReplyVerdict])[] = [
    ['206 as asked', [partial('bytes 100-199/1000'), middle, total], accepted(100, 200)],
    ['206 that tells the size', [partial('bytes 100-199/1000'), middle, null], accepted(100, 200)],
    ['206 to the end', [partial('bytes 100-999/1000'), open, null], accepted(100, 1000)],
    ['206 shorter than asked', [partial('bytes 100-149/1000'), middle, total], accepted(100, 150)],
    ['206 longer than asked', [partial('bytes 100-999/1000'), middle, total], accepted(100, 200)],
    ['206 with * and a known size', [partial('bytes 100-199/*'), middle, total], accepted(100, 200)],
    ['206 with * and no size', [partial('bytes 100-199/*'), middle, null], { action: 'sizeless' }],
    ['206 with *, no size, and from elsewhere', [partial('bytes 0-99/*'), middle, null], rejected()],
    ['206 from elsewhere', [partial('bytes 0-99/1000'), middle, total], rejected()],
    ['206 of another size', [partial('bytes 100-199/999'), middle, total], changed(999)],
    ['206 in other units', [partial('items 100-199/1000'), middle, total], rejected()],
    ['206 that contradicts itself', [partial('bytes 100-1999/1000'), middle, null], rejected()],
    ['206 without a range', [{ status: 206, headers: {} }, middle, total], rejected()],
    [
      '206 in parts',
      [partial('bytes 100-199/1000', { 'content-type': 'multipart/byteranges' }), middle, total],
      rejected(),
    ],
    [
      '206 of HTML',
      [partial('bytes 100-199/1000', { 'content-type': 'text/html' }), middle, total],
      rejected(),
    ],
    [
      '206 of JSON',
      [partial('bytes 100-199/1000', { 'content-type': 'application/json' }), middle, total],
      rejected(),
    ],
    [
      '206 zipped',
      [partial('bytes 100-199/1000', { 'content-encoding': 'gzip' }), middle, total],
      rejected(),
    ],
    [
      '206 not encoded',
      [partial('bytes 100-199/1000', { 'content-encoding': 'identity' }), middle, total],
      accepted(100, 200),
    ],
    [
      '200 from the start',
      [{ status: 200, headers: { 'content-length': '1000' } }, whole, null],
      accepted(0, 1000, false),
    ],
    [
      '200 for the first byte',
      [{ status: 200, headers: { 'content-length': '1000' } }, { start: 0, end: 1 }, null],
      accepted(0, 1, false),
    ],
    [
      '200 of a known size without a length',
      [{ status: 200, headers: {} }, whole, total],
      accepted(0, 1000, false),
    ],
    ['200 of no size', [{ status: 200, headers: {} }, whole, null], { action: 'sizeless' }],
    ['200 of nothing', [{ status: 200, headers: { 'content-length': '0' } }, whole, null], rejected()],
    [
      '200 of another size',
      [{ status: 200, headers: { 'content-length': '900' } }, whole, total],
      changed(900),
    ],
    [
      '200 for a middle',
      [{ status: 200, headers: { 'content-length': '1000' } }, middle, total],
      { action: 'whole' },
    ],
    ['204', [{ status: 204, headers: {} }, middle, total], rejected()],
    ['302', [{ status: 302, headers: {} }, middle, total], rejected()],
    ['400', [{ status: 400, headers: {} }, middle, total], rejected()],
    ['401', [{ status: 401, headers: {} }, middle, total], said('refused', 'source-refused')],
    ['403', [{ status: 403, headers: {} }, middle, total], said('refused', 'not-allowed')],
    ['509', [{ status: 509, headers: {} }, middle, total], said('over-limit')],
    ['404', [{ status: 404, headers: {} }, middle, total], said('missing')],
    ['410', [{ status: 410, headers: {} }, middle, total], said('missing')],
    [
      '416 that tells another size',
      [{ status: 416, headers: { 'content-range': 'bytes */50' } }, middle, total],
      changed(50),
    ],
    [
      '416 that tells the size for the first time',
      [{ status: 416, headers: { 'content-range': 'bytes */50' } }, middle, null],
      { action: 'beyond', total: 50 },
    ],
    [
      '200 of a server that knows ranges',
      [{ status: 200, headers: { 'content-length': '1000', 'accept-ranges': 'bytes' } }, whole, total],
      accepted(0, 1000, null),
    ],
    [
      '200 because a condition failed, or was not understood',
      [{ status: 200, headers: { 'content-length': '1000' } }, { ...whole, ifRange: '"a"' }, total],
      accepted(0, 1000, null),
    ],
    [
      '503 until a date',
      [
        {
          status: 503,
          headers: { 'retry-after': 'Thu, 01 Jan 2026 00:00:20 GMT', date: 'Thu, 01 Jan 2026 00:00:05 GMT' },
        },
        middle,
        total,
      ],
      retried(15_000),
    ],
    ['416 otherwise', [{ status: 416, headers: {} }, middle, total], rejected()],
    ['408', [{ status: 408, headers: {} }, middle, total], retried()],
    ['429 with a time', [{ status: 429, headers: { 'retry-after': '7' } }, middle, total], retried(7_000)],
    [
      '503 with too long a time',
      [{ status: 503, headers: { 'retry-after': '9999' } }, middle, total],
      retried(60_000),
    ],
    ['500', [{ status: 500, headers: {} }, middle, total], retried()],
  ]
  it.each(table)('%s', (_, [head, asked, size], verdict) => {
    expect(judgeReply(head, asked, known(size))).toEqual(verdict)
  })

  it.each<[string, Partial<Identity>, Record<string, string>, boolean]>([
    ['the same strong ETag', { etag: '"a"' }, { etag: '"a"' }, true],
    ['another strong ETag', { etag: '"a"' }, { etag: '"b"' }, false],
    ['a weak ETag for a strong one', { etag: '"a"' }, { etag: 'W/"a"' }, true],
    ['an ETag that is none', { etag: '"a"' }, { etag: 'b' }, true],
    [
      'another date',
      { lastModified: 'Thu, 01 Jan 2026 00:00:05 GMT' },
      { 'last-modified': 'Thu, 01 Jan 2026 00:00:06 GMT' },
      false,
    ],
    ['no validator any more', { etag: '"a"' }, {}, true],
  ])('compares validators: %s', (_, kept, headers, isSame) => {
    const verdicts = [
      judgeReply(partial('bytes 100-199/1000', headers), { ...middle, ifRange: '"a"' }, known(total, kept)),
      judgeReply(
        { status: 200, headers: { 'content-length': '1000', ...headers } },
        whole,
        known(total, kept),
      ),
    ]
    const action = isSame ? 'accept' : 'doubt'
    expect(verdicts.map((verdict) => verdict.action)).toEqual([action, action])
  })

  it('never accepts bytes for a place other than the one asked for, nor another size', () => {
    const header = fc.oneof(
      fc.tuple(fc.nat(2000), fc.nat(2000), fc.nat(2000)).map(([a, b, c]) => `bytes ${a}-${b}/${c}`),
      fc.string(),
    )
    const span = fc
      .tuple(fc.nat(998), fc.nat(1000))
      .map(([start, more]) => ({ start, end: Math.min(1000, start + 1 + more) }))
    fc.assert(
      fc.property(fc.constantFrom(200, 206), header, span, (status, range, asked) => {
        const verdict = judgeReply({ status, headers: { 'content-range': range } }, asked, known(total))
        if (verdict.action !== 'accept') return
        expect(verdict.start).toBe(asked.start)
        expect(verdict.end).toBeLessThanOrEqual(asked.end)
        expect(verdict.end).toBeGreaterThan(verdict.start)
        expect(verdict.total).toBe(total)
      }),
      { numRuns: 1000 },
    )
  })
})
