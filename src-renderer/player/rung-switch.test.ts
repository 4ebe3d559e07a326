// @vitest-environment node
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asMediaId, asQuality, asSourceId, type Stream } from '../../src-preload/contract/index.ts'
import type { CoreCalls } from './core-calls.ts'
import type { Deck, Rungs } from './deck.ts'
import { SwitchGivenUp, mustGiveUp, switchRung } from './rung-switch.ts'

describe('giving a change up', () => {
  test('ten seconds before the picture would stop, or at half of what there was', () => {
    expect(mustGiveUp({ aheadAtStart: 60, ahead: 10.1, left: 900 })).toBe(false)
    expect(mustGiveUp({ aheadAtStart: 60, ahead: 9.9, left: 900 })).toBe(true)
    expect(mustGiveUp({ aheadAtStart: 14, ahead: 7.1, left: 900 })).toBe(false)
    expect(mustGiveUp({ aheadAtStart: 14, ahead: 6.9, left: 900 })).toBe(true)
  })

  test('never when there is nothing to go back to, nor when the old rung lasts to the end', () => {
    expect(mustGiveUp({ aheadAtStart: 9, ahead: 0, left: 900 })).toBe(false)
    expect(mustGiveUp({ aheadAtStart: 30, ahead: 5, left: 5 })).toBe(false)
  })

  test('stays given up while the picture plays on', () => {
    const seconds = fc.double({ min: 0, max: 120, noNaN: true })
    fc.assert(
      fc.property(
        seconds,
        seconds,
        seconds,
        fc.double({ min: 0, max: 1 }),
        (aheadAtStart, ahead, more, part) => {
          const left = ahead + more + 1
          if (!mustGiveUp({ aheadAtStart, ahead, left })) return
          const played = ahead * part
          expect(mustGiveUp({ aheadAtStart, ahead: ahead - played, left: left - played })).toBe(true)
        },
      ),
    )
  })
})

const stream = { quality: asQuality('480p-1500k') } as Stream
const key = { sourceId: asSourceId('s'), mediaId: asMediaId('m'), quality: stream.quality }
const never = new AbortController().signal

/** A title on a grid of three seconds, and what was asked of it. */
class Rig {
  readonly asked: { readonly fromMs: number; readonly keptOnly: boolean }[] = []
  readonly changes: (number | 'at-once')[] = []
  isHeldBack = false
  video = {
    currentTime: 100,
    playbackRate: 1,
    paused: false,
    readyState: 4,
    duration: 1200,
    bufferedEnd: 160,
  }
  /** What the core says, per call. */
  answer: (keptOnly: boolean, signal: AbortSignal) => Promise<boolean> = async () => true
  readonly rungs: Rungs = {
    has: () => true,
    loading: asQuality('720p-4000k'),
    boundaryAfter: (seconds) => (Math.floor(seconds / 3) + 1) * 3,
    change: async (_stream, from) => void this.changes.push(from),
  }

  run(atMs: number | null = null, signal = never): Promise<number | null> {
    const { video } = this
    const element = Object.assign(video, {
      buffered: { length: 1, start: () => 0, end: () => video.bufferedEnd },
    }) as unknown as HTMLVideoElement
    const deck = { video: element, holdBack: (isOn: boolean) => (this.isHeldBack = isOn) } as unknown as Deck
    const call = async (
      _method: string,
      { fromMs, keptOnly }: { fromMs: number; keptOnly: boolean },
      given: AbortSignal,
    ): Promise<unknown> => {
      this.asked.push({ fromMs, keptOnly })
      return { held: (await this.answer(keptOnly, given)) ? { startMs: fromMs, endMs: fromMs + 6000 } : null }
    }
    const core = { call } as unknown as CoreCalls
    return switchRung({ core, deck, rungs: this.rungs, key, stream, atMs, expectedSeconds: 4 }, signal)
  }
}

Object.assign(globalThis, { HTMLMediaElement: { HAVE_CURRENT_DATA: 2 } })

describe('changing rung', () => {
  test('to what is kept: at the next boundary, and the old rung is not held back', async () => {
    const rig = new Rig()
    expect(await rig.run()).toBeNull()
    expect(rig.asked).toEqual([{ fromMs: 102_020, keptOnly: true }])
    expect(rig.changes).toEqual([102])
    expect(rig.isHeldBack).toBe(false)
  })

  test('to what must be made: where the picture will be by then, and the old rung takes nothing from the server meanwhile', async () => {
    const rig = new Rig()
    rig.answer = async (keptOnly) => !keptOnly
    expect(await rig.run()).toBeGreaterThanOrEqual(0)
    expect(rig.asked.at(-1)).toEqual({ fromMs: 105_020, keptOnly: false })
    expect(rig.changes).toEqual([105])
    expect(rig.isHeldBack).toBe(true)
  })

  test('takes the next boundary when the picture has passed the one that was prepared', async () => {
    const rig = new Rig()
    rig.answer = async (keptOnly) => {
      if (!keptOnly && rig.asked.length === 2) rig.video.currentTime = 106
      return !keptOnly
    }
    await rig.run()
    expect(rig.changes).toEqual([108])
  })

  test('lets the old rung get ahead first, while it comes quickly', async () => {
    const rig = new Rig()
    rig.answer = async (keptOnly) => !keptOnly
    rig.video.bufferedEnd = 103
    const growing = setInterval(() => (rig.video.bufferedEnd += 1), 100)
    await rig.run()
    clearInterval(growing)
    expect(rig.video.bufferedEnd - rig.video.currentTime).toBeGreaterThanOrEqual(8)
    expect(rig.changes).toEqual([105])
  })

  test('does not wait for an old rung that has dried up', async () => {
    const rig = new Rig()
    rig.answer = async (keptOnly) => !keptOnly
    rig.video.bufferedEnd = 103
    await rig.run()
    expect(rig.changes).toEqual([105])
  })

  test('of a standing picture: all anew where it stands', async () => {
    const rig = new Rig()
    rig.video.paused = true
    await rig.run()
    expect(rig.asked).toEqual([{ fromMs: 100_020, keptOnly: true }])
    expect(rig.changes).toEqual(['at-once'])
  })

  test('after the last boundary: at once', async () => {
    const rig = new Rig()
    rig.video.currentTime = 1198
    Object.assign(rig.rungs, { boundaryAfter: () => 1197 })
    await rig.run()
    expect(rig.changes).toEqual(['at-once'])
  })

  test('at a place that was sought: at once, and nothing is waited for', async () => {
    const rig = new Rig()
    await rig.run(500_000)
    expect(rig.video.currentTime).toBe(500)
    expect(rig.asked).toEqual([])
    expect(rig.changes).toEqual(['at-once'])
  })

  test('is given up when the old rung runs low, and whoever prepares is told', async () => {
    const rig = new Rig()
    let wasTold = false
    rig.answer = async (keptOnly, signal) => {
      if (keptOnly) return false
      rig.video.bufferedEnd = 108
      return await new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          wasTold = true
          reject(signal.reason as Error)
        })
      })
    }
    await expect(rig.run()).rejects.toBeInstanceOf(SwitchGivenUp)
    expect(wasTold).toBe(true)
    expect(rig.changes).toEqual([])
  })

  test('says what the core says', async () => {
    const rig = new Rig()
    rig.answer = () => Promise.reject(new Error('gone'))
    await expect(rig.run()).rejects.toThrow('gone')
  })
})
