import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseContentRange } from './content-range.ts'
import { backoffMs, judgeReply, type ReplyVerdict } from './reply.ts'

const total = 1000
const partial = (range: string, more: Record<string, string> = {}) => ({
  status: 206,
  headers: { 'content-range': range, 'content-type': 'video/mp4', ...more },
})
const rejected = (code = 'bad-reply') => expect.objectContaining({ action: 'reject', code }) as ReplyVerdict
const retried = (afterMs: number | null = null) =>
  expect.objectContaining({ action: 'retry', afterMs }) as ReplyVerdict
const changed = (size: number | null) =>
  expect.objectContaining({ action: 'changed', total: size }) as ReplyVerdict
const accepted = (start: number, end: number): ReplyVerdict => ({ action: 'accept', start, end, total })
const middle = { start: 100, end: 200 }
const open = { start: 100, end: null }
const whole = { start: 0, end: null }

describe('judgeReply', () => {
  const table: readonly (readonly [string, Parameters<typeof judgeReply>, ReplyVerdict])[] = [
    ['206 as asked', [partial('bytes 100-199/1000'), middle, total], accepted(100, 200)],
    ['206 that tells the size', [partial('bytes 100-199/1000'), middle, null], accepted(100, 200)],
    ['206 to the end', [partial('bytes 100-999/1000'), open, null], accepted(100, 1000)],
    ['206 shorter than asked', [partial('bytes 100-149/1000'), middle, total], accepted(100, 150)],
    ['206 longer than asked', [partial('bytes 100-999/1000'), middle, total], accepted(100, 200)],
    ['206 with * and a known size', [partial('bytes 100-199/*'), middle, total], accepted(100, 200)],
    ['206 with * and no size', [partial('bytes 100-199/*'), middle, null], rejected()],
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
      accepted(0, 1000),
    ],
    [
      '200 for the first byte',
      [{ status: 200, headers: { 'content-length': '1000' } }, { start: 0, end: 1 }, null],
      accepted(0, 1),
    ],
    ['200 of a known size without a length', [{ status: 200, headers: {} }, whole, total], accepted(0, 1000)],
    ['200 of no size', [{ status: 200, headers: {} }, whole, null], rejected()],
    ['200 of nothing', [{ status: 200, headers: { 'content-length': '0' } }, whole, null], rejected()],
    [
      '200 of another size',
      [{ status: 200, headers: { 'content-length': '900' } }, whole, total],
      changed(900),
    ],
    ['200 for a middle', [{ status: 200, headers: { 'content-length': '1000' } }, middle, total], rejected()],
    ['204', [{ status: 204, headers: {} }, middle, total], rejected()],
    ['302', [{ status: 302, headers: {} }, middle, total], rejected()],
    ['400', [{ status: 400, headers: {} }, middle, total], rejected()],
    ['401', [{ status: 401, headers: {} }, middle, total], rejected('source-refused')],
    ['403', [{ status: 403, headers: {} }, middle, total], rejected('not-allowed')],
    ['509', [{ status: 509, headers: {} }, middle, total], rejected('over-limit')],
    ['404', [{ status: 404, headers: {} }, middle, total], rejected('unknown-media')],
    ['410', [{ status: 410, headers: {} }, middle, total], rejected('unknown-media')],
    [
      '416 that tells another size',
      [{ status: 416, headers: { 'content-range': 'bytes */50' } }, middle, total],
      changed(50),
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
  it.each(table)('%s', (_, args, verdict) => {
    expect(judgeReply(...args)).toEqual(verdict)
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
        const verdict = judgeReply({ status, headers: { 'content-range': range } }, asked, total)
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

describe('parseContentRange', () => {
  it('reads back what a server writes', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(), (start, length, rest) => {
        const end = start + length + 1
        const parsed = parseContentRange(`bytes ${start}-${end - 1}/${end + rest}`)
        expect(parsed).toEqual({ start, end, total: end + rest })
      }),
    )
  })
})

describe('backoffMs', () => {
  it('stays under a ceiling that doubles up to ten seconds', () => {
    expect([1, 2, 3, 6, 7, 50].map((failures) => backoffMs(failures, 0.999999))).toEqual([
      250, 500, 1000, 8000, 10000, 10000,
    ])
    expect(backoffMs(3, 0)).toBe(0)
  })
})
