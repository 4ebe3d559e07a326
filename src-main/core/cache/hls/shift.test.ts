import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findFfmpeg } from '../../../../demo/media/run-ffmpeg.ts'
import { checkSegment, type SegmentFacts } from './segment-check.ts'
import { shiftFmp4 } from './shift-fmp4.ts'
import { shiftTs } from './shift-ts.ts'
import { makeFmp4Segments, makeTsSegments } from './test-support/make-segments.ts'
import { ptsDistance, ptsWrap } from './ts-packets.ts'

const bFrames = { encoder: ['-bf', '2'] }
const ts = makeTsSegments(3, 10, bFrames)
const fmp4 = makeFmp4Segments(3)
const anyTicks = fc.integer({ min: -(2 ** 34), max: 2 ** 34 })

const factsOf = (bytes: Uint8Array, init: Uint8Array | null = null): SegmentFacts => {
  const facts = checkSegment(init === null ? 'ts' : 'fmp4', 0, bytes, init)
  if ('refused' in facts) throw new Error(facts.refused)
  return facts
}

/** Bits that may change: of PCR, PTS and DTS, and no others. */
function timestampBits(segment: Uint8Array): Uint8Array {
  const mask = new Uint8Array(segment.length)
  const stamp = [0x0e, 0xff, 0xfe, 0xff, 0xfe]
  for (let at = 0; at < segment.length; at += 188) {
    const packet = segment.subarray(at, at + 188)
    const flags = packet[3] ?? 0
    const adaptation = (flags & 0x20) !== 0 ? 1 + (packet[4] ?? 0) : 0
    if (adaptation > 1 && ((packet[5] ?? 0) & 0x10) !== 0) mask.set([0xff, 0xff, 0xff, 0xff, 0x80], at + 6)
    const pes = 4 + adaptation
    if (((packet[1] ?? 0) & 0x40) === 0 || packet[pes + 2] !== 1) continue
    if (((packet[pes + 7] ?? 0) & 0x80) !== 0) mask.set(stamp, at + pes + 9)
    if (((packet[pes + 7] ?? 0) & 0x40) !== 0) mask.set(stamp, at + pes + 14)
  }
  return mask
}

/** Time stamps as ffmpeg reads them, of every packet of every stream. */
function packetTimes(bytes: Uint8Array): { readonly stream: string; readonly time: number }[] {
  const folder = mkdtempSync(join(tmpdir(), 'spool-shift-'))
  try {
    const path = join(folder, 'segment.ts')
    writeFileSync(path, bytes)
    const args = ['-v', 'error', '-copyts', '-i', path, '-map', '0', '-c', 'copy', '-f', 'framecrc', '-']
    const text = execFileSync(findFfmpeg(), args, { encoding: 'utf8' })
    const scales = new Map(
      [...text.matchAll(/^#tb (\d+): (\d+)\/(\d+)$/gm)].map(([, n, a, b]) => [n, Number(a) / Number(b)]),
    )
    return text
      .split('\n')
      .filter((line) => /^\d/.test(line))
      .map((line) => {
        const [stream = '', , pts = ''] = line.split(',').map((field) => field.trim())
        return { stream, time: Number(pts) * (scales.get(stream) ?? 0) }
      })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

describe('setting the clock of MPEG-TS', () => {
  it('gives, byte for byte, what the encoder would have made with that clock', () => {
    for (const offsetS of [1.4, 3600]) {
      const other = makeTsSegments(3, offsetS, bFrames)
      for (const [seq, segment] of ts.entries())
        expect(Buffer.from(shiftTs(other[seq]!, (10 - offsetS) * 90_000)!).equals(segment)).toBe(true)
    }
  })

  it('moves every time by the same, across the wrap, and touches no other bit', () => {
    const masks = ts.map(timestampBits)
    fc.assert(
      fc.property(fc.nat(2), anyTicks, (seq, ticks) => {
        const before = ts[seq]!
        const after = shiftTs(before, ticks)!
        const mask = masks[seq]!
        const changed = before.findIndex((byte, at) => ((byte ^ (after[at] ?? 0)) & ~(mask[at] ?? 0)) !== 0)
        expect(changed).toBe(-1)
        const [one, other] = [factsOf(before), factsOf(after)]
        expect(ptsDistance(one.firstPts!, other.firstPts!)).toBe(ptsDistance(0, ticks))
        expect(other.lastPts! - other.firstPts!).toBe(one.lastPts! - one.firstPts!)
        expect(other).toMatchObject({ config: one.config, frameTicks: one.frameTicks })
        expect(Buffer.from(shiftTs(after, -ticks)!).equals(before)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('is one move, however often it is done', () => {
    fc.assert(
      fc.property(anyTicks, anyTicks, (a, b) => {
        const [step] = ts
        expect(shiftTs(shiftTs(step!, a)!, b)).toEqual(shiftTs(step!, (a + b) % ptsWrap))
      }),
      { numRuns: 20 },
    )
  })

  it('is read by ffmpeg as the same pictures and sounds at other times', () => {
    const before = packetTimes(ts[1]!)
    const after = packetTimes(shiftTs(ts[1]!, 7 * 90_000)!)
    expect(before.length).toBeGreaterThan(40)
    expect(after.map(({ stream }) => stream)).toEqual(before.map(({ stream }) => stream))
    for (const [index, { time }] of after.entries())
      expect(time - (before[index]?.time ?? 0)).toBeCloseTo(7, 6)
  })

  it('says no to what it cannot do whole, and never throws', () => {
    const scrambled = Buffer.from(ts[0]!)
    const at = scrambled.findIndex(
      (byte, index) =>
        index % 188 === 0 &&
        byte === 0x47 &&
        ((scrambled[index + 1] ?? 0) & 0x40) !== 0 &&
        scrambled.readUIntBE(index + 4, 3) === 1,
    )
    const pes = at < 0 ? 188 * 2 : at
    scrambled[pes + 3] = (scrambled[pes + 3] ?? 0) | 0x80
    expect(shiftTs(scrambled, 90_000)).toBeNull()
    const packet = fc.uint8Array({ minLength: 187, maxLength: 187 })
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 4 }), anyTicks, (packets, ticks) => {
        const bytes = Buffer.concat(packets.flatMap((body) => [Buffer.of(0x47), body]))
        const shifted = shiftTs(bytes, ticks)
        if (shifted !== null) expect(Buffer.from(shiftTs(shifted, -ticks)!).equals(bytes)).toBe(true)
      }),
    )
  })
})

describe('setting the clock of fMP4', () => {
  it('moves fragments by the same, and back, and says no where that would be before the beginning', () => {
    fc.assert(
      fc.property(fc.nat(2), fc.integer({ min: -400_000, max: 1e9 }), (seq, ticks) => {
        const before = fmp4.segments[seq]!
        const from = factsOf(before, fmp4.init)
        const shifted = shiftFmp4(before, fmp4.init, ticks)
        if (shifted === null) {
          expect(from.firstPts! + ticks).toBeLessThanOrEqual(0)
          return
        }
        const to = factsOf(shifted, fmp4.init)
        // The track counts in other units than 90 kHz.
        expect(Math.abs(to.firstPts! - from.firstPts! - ticks)).toBeLessThan(10)
        expect(shifted.filter((byte, at) => byte !== before[at]).length).toBeLessThanOrEqual(16)
        expect(Buffer.from(shiftFmp4(shifted, fmp4.init, -ticks)!).equals(before)).toBe(true)
      }),
    )
  })

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(900), fc.nat(255)), { maxLength: 20 }),
        fc.nat(),
        (changes, cut) => {
          const bytes = Buffer.from(fmp4.segments[0]!.subarray(0, cut % fmp4.segments[0]!.length))
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value
          expect([true, false]).toContain(shiftFmp4(bytes, fmp4.init, 90_000) === null)
        },
      ),
    )
  })
})
