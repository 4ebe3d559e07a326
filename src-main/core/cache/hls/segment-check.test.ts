import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkSegment, type SegmentFacts } from './segment-check.ts'
import { makeFmp4Segments, makeTsSegments } from './test-support/make-segments.ts'
import { isTransportStream } from './ts-packets.ts'

const ts = makeTsSegments(3, 10)
const fmp4 = makeFmp4Segments(3)

const facts = (result: ReturnType<typeof checkSegment>): SegmentFacts => {
  if ('refused' in result) throw new Error(result.refused)
  return result
}

/** A transport stream less the packets of one kind. */
function withoutPid(bytes: Buffer, pid: number): Buffer {
  const packets = Array.from({ length: bytes.length / 188 }, (_, n) => bytes.subarray(n * 188, (n + 1) * 188))
  return Buffer.concat(packets.filter((packet) => (packet.readUInt16BE(1) & 0x1fff) !== pid))
}

describe('MPEG-TS segments', () => {
  it('tell their place in time, frame by frame of 1/24 s', () => {
    for (const [seq, bytes] of ts.entries()) {
      const { firstPts, lastPts, frameTicks, startsWithKeyframe } = facts(checkSegment('ts', seq, bytes))
      expect(firstPts).toBe((10 + seq) * 90_000)
      expect(lastPts).toBe((10 + seq) * 90_000 + 23 * 3750)
      expect(frameTicks).toBe(3750)
      expect(startsWithKeyframe).toBe(true)
    }
  })

  it.each([
    ['nothing', Buffer.alloc(0), 'blank'],
    ['one empty packet', ts[0]!.subarray(0, 188), 'blank'],
    ['the tables alone', ts[0]!.subarray(0, 3 * 188), 'no-video'],
    ['half a packet at the end', ts[0]!.subarray(0, ts[0]!.length - 100), 'truncated'],
    ['a web page', Buffer.from('<html>Not found</html>'), 'not-media'],
    ['packets out of step', Buffer.concat([ts[0]!.subarray(0, 188), Buffer.alloc(188)]), 'not-media'],
    ['stuffing only', Buffer.alloc(188 * 4).fill(Buffer.from([0x47, 0x1f, 0xff, 0x10])), 'no-tables'],
    ['no tables', withoutPid(ts[0]!, 0), 'no-tables'],
    ['no description of the streams', withoutPid(ts[0]!, 0x1000), 'no-tables'],
  ])('refuse %s', (_, bytes, refused) => {
    expect(checkSegment('ts', 0, bytes)).toEqual({ refused })
  })

  it('are never taken for sound where bytes are missing at the end', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: ts[0]!.length }), (missing) => {
        const result = checkSegment('ts', 0, ts[0]!.subarray(0, ts[0]!.length - missing))
        // Whole packets missing cannot be seen here; the reply's length tells.
        expect('refused' in result || missing % 188 === 0).toBe(true)
      }),
    )
  })

  it('are looked at without throwing, whatever is in them', () => {
    const flips = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 60 })
    fc.assert(
      fc.property(flips, (changes) => {
        const bytes = Buffer.from(ts[1]!.subarray(0, 188 * 40))
        for (const [at, value] of changes) if (at % 188 !== 0) bytes[at % bytes.length] = value
        expect(checkSegment('ts', 1, bytes)).toBeTypeOf('object')
      }),
    )
    const packet = fc.uint8Array({ minLength: 187, maxLength: 187 })
    fc.assert(
      fc.property(fc.array(packet, { minLength: 2, maxLength: 5 }), (packets) => {
        const bytes = Buffer.concat(packets.flatMap((body) => [Buffer.of(0x47), body]))
        expect(isTransportStream(bytes)).toBe(true)
        expect(checkSegment('ts', 0, bytes)).toBeTypeOf('object')
      }),
    )
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(checkSegment('ts', 0, bytes)).toHaveProperty('refused')
      }),
    )
  })
})

describe('fMP4 segments', () => {
  it('tell their place in time by the initialisation part', () => {
    expect(facts(checkSegment('fmp4', -1, fmp4.init)).firstPts).toBeNull()
    for (const [seq, bytes] of fmp4.segments.entries())
      expect(facts(checkSegment('fmp4', seq, bytes, fmp4.init)).firstPts).toBe(seq * 90_000)
    expect(facts(checkSegment('fmp4', 1, fmp4.segments[1]!)).firstPts).toBeNull()
  })

  it.each([
    ['nothing', 0, Buffer.alloc(0), 'blank'],
    ['half of one', 0, fmp4.segments[0]!.subarray(0, 900), 'truncated'],
    ['a web page', 0, Buffer.from('<html>Not found</html>'), 'not-media'],
    ['an initialisation part', 0, fmp4.init, 'not-media'],
    ['a segment for an initialisation part', -1, fmp4.segments[0]!, 'not-media'],
    ['half an initialisation part', -1, fmp4.init.subarray(0, 300), 'truncated'],
  ])('refuse %s', (_, seq, bytes, refused) => {
    expect(checkSegment('fmp4', seq, bytes, fmp4.init)).toEqual({ refused })
  })

  it('are looked at without throwing, whatever is in them', () => {
    const flips = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 20 })
    fc.assert(
      fc.property(flips, fc.nat(), (changes, cut) => {
        for (const [seq, whole] of [fmp4.init, fmp4.segments[0]!].entries()) {
          const bytes = Buffer.from(whole.subarray(0, cut % (2 * whole.length)))
          for (const [at, value] of changes)
            if (bytes.length > 0) bytes[at % Math.min(bytes.length, 1200)] = value
          expect(checkSegment('fmp4', seq - 1, bytes, fmp4.init)).toBeTypeOf('object')
        }
      }),
    )
  })
})
