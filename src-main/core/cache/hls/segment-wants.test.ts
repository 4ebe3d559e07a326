import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../base/clock.ts'
import { SpoolError } from '../../spool-error.ts'
import { pickWant, playlistSeq, SegmentWants } from './segment-wants.ts'

const want = (seq: number, order: number, notBeforeMs = 0) => ({ seq, order, notBeforeMs })

describe('pickWant', () => {
  const isNear = (seq: number): boolean => seq >= 10 && seq < 15

  it('takes playlist and initialisation part, then what is near in order, then the latest wish', () => {
    const wants = [want(80, 1), want(12, 2), want(90, 3), want(11, 4), want(-1, 5), want(playlistSeq, 6)]
    const order = []
    for (let left = wants; left.length > 0;) {
      const next = pickWant(left, 0, isNear)
      order.push(next?.seq)
      left = left.filter((each) => each !== next)
    }
    expect(order).toEqual([playlistSeq, -1, 11, 12, 90, 80])
  })

  it('takes something exactly when something may be taken', () => {
    const wants = fc.array(
      fc.record({ seq: fc.integer({ min: -2, max: 30 }), order: fc.nat(), notBeforeMs: fc.nat(100) }),
    )
    fc.assert(
      fc.property(wants, fc.nat(100), (list, nowMs) => {
        const picked = pickWant(list, nowMs, isNear)
        const mayBe = list.filter(({ notBeforeMs }) => notBeforeMs <= nowMs)
        expect(mayBe.length > 0).toBe(picked !== null)
        expect([...mayBe, null]).toContain(picked)
      }),
    )
  })
})

describe('SegmentWants', () => {
  const signal = new AbortController().signal
  const setUp = (holdMs: number) => {
    const seen = { waiting: 0, orphaned: [] as number[] }
    const onWait = (): Disposable => {
      seen.waiting += 1
      return { [Symbol.dispose]: () => void (seen.waiting -= 1) }
    }
    return {
      seen,
      wants: new SegmentWants(systemClock, { holdMs, giveUpMs: 60_000 }, onWait, (seq) =>
        seen.orphaned.push(seq),
      ),
    }
  }

  it('is one want for many, and ends for all at once', async () => {
    const { seen, wants } = setUp(10_000)
    const bytes = Uint8Array.of(1)
    const waits = [wants.wait(3, signal), wants.wait(3, signal)]
    expect([wants.size, seen.waiting]).toEqual([1, 1])
    wants.resolve(3, bytes)
    expect(await Promise.all(waits)).toEqual([bytes, bytes])
    expect([wants.size, seen.waiting, seen.orphaned]).toEqual([0, 0, []])
  })

  it('goes when the last who waited leaves, not before', async () => {
    const { seen, wants } = setUp(10_000)
    const aborts = [new AbortController(), new AbortController()]
    const waits = aborts.map((abort) => wants.wait(3, abort.signal).catch((error: Error) => error.name))
    aborts[0]?.abort()
    expect([wants.size, seen.waiting, seen.orphaned]).toEqual([1, 1, []])
    aborts[1]?.abort()
    expect([wants.size, seen.waiting, seen.orphaned]).toEqual([0, 0, [3]])
    expect(await Promise.all(waits)).toEqual(['AbortError', 'AbortError'])
  })

  it('gives up after the hold and says when to ask again', async () => {
    const { seen, wants } = setUp(20)
    const error = await wants.wait(3, signal).catch((cause: unknown) => cause)
    expect(error).toBeInstanceOf(SpoolError)
    expect(error).toMatchObject({ code: 'source-unreachable', retryAfterSeconds: 2 })
    expect([wants.size, seen.waiting]).toEqual([0, 0])
  })
})
