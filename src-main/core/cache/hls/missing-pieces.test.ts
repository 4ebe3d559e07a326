import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SpoolError } from '../../spool-error.ts'
import { HlsRig } from './test-support/hls-rig.ts'
import { makeTsSegments } from './test-support/make-segments.ts'
import type { Behaviour } from './test-support/transcode-origin.ts'

const count = 8
const segments = makeTsSegments(count, 10)
let rig: HlsRig

beforeEach(async () => {
  rig = await HlsRig.start(segments)
})
afterEach(async () => {
  await rig[Symbol.asyncDispose]()
})

const forGood = (behaviour: Behaviour): Behaviour[] => Array.from({ length: 10_000 }, () => behaviour)
const codeOf = (reading: Promise<unknown>): Promise<string> =>
  reading.then(
    () => 'came',
    (error: unknown) => (error instanceof SpoolError ? error.code : String(error)),
  )
/** As a player does: a "not yet" is asked again. */
async function readOn(seq: number): Promise<string> {
  for (;;) {
    const code = await codeOf(rig.read(seq))
    if (code !== 'source-unreachable') return code
  }
}

describe('a piece that no session gives', () => {
  it.each<Behaviour>(['not-ready', 'blank', 'truncated', 'page'])(
    'is given up soon where what comes after it is there: %s',
    async (behaviour) => {
      rig.origin.script(4, ...forGood(behaviour))
      await rig.read(3)
      expect(await readOn(4)).toBe('part-missing')
      // Two sessions were asked, with one try at what comes after in each.
      expect(rig.origin.sessions.length).toBeLessThanOrEqual(4)
      expect(await codeOf(rig.read(5))).toBe('came')
      expect(await codeOf(rig.read(3))).toBe('came')
    },
  )

  it('comes all the same when it is asked for again and is there then', async () => {
    rig.origin.script(4, ...forGood('not-ready'))
    expect(await readOn(4)).toBe('part-missing')
    rig.origin.script(4)
    expect(await codeOf(rig.read(4))).toBe('came')
  })

  it('is given up in the end also where nothing comes at all, and not before its time', async () => {
    rig.origin.parkAfter = 0
    const began = performance.now()
    expect(await readOn(2)).toBe('part-missing')
    expect(performance.now() - began).toBeGreaterThan(rig.timing.holdMs)
  })

  it('is waited for as long as its encoder is only slow', async () => {
    rig.origin.script(4, ...Array.from({ length: 12 }, (): Behaviour => 'not-ready'))
    rig.origin.script(5, ...Array.from({ length: 12 }, (): Behaviour => 'not-ready'))
    await rig.read(3)
    expect(await readOn(4)).toBe('came')
  })
})
