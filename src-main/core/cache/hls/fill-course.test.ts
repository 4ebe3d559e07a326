import { describe, expect, it } from 'vitest'
import { SpoolError } from '../../spool-error.ts'
import { FillCourse, type FillOutcome } from './fill-course.ts'
import { hlsTiming } from './hls-timing.ts'

const timing = {
  ...hlsTiming,
  fillFirstMs: 20_000,
  fillNextMs: 6_000,
  fillPauseMs: 2_000,
  fillPauseMaxMs: 10_000,
}
const leaseOf = (delivered: number) => ({ delivered })
const failed = (code: SpoolError['code']): FillOutcome => ({ kind: 'failed', error: new SpoolError(code) })

describe('the course of a download', () => {
  it('waits long for a session’s first segment, less for the next ones, in all', () => {
    const course = new FillCourse(timing)
    const fresh = leaseOf(0)
    expect(course.begin(0, fresh, 1000)).toBe(20_000)
    expect(course.begin(0, fresh, 5000)).toBe(16_000)
    expect(course.begin(1, leaseOf(1), 6000)).toBe(6_000)
  })

  it('goes on after what came, and hops where a session that brought something stops', () => {
    const course = new FillCourse(timing)
    for (const kind of ['segment', 'playlist'] as const)
      expect(course.after({ kind }, leaseOf(1), 0)).toEqual({ do: 'go-on' })
    for (const kind of ['stalled', 'ended', 'not-ready', 'bad'] as const)
      expect(course.after({ kind }, leaseOf(3), 0)).toEqual({ do: 'hop' })
  })

  it('asks a starting session again, and leaves it when its time is over', () => {
    const course = new FillCourse(timing)
    const fresh = leaseOf(0)
    course.begin(0, fresh, 1000)
    expect(course.after({ kind: 'not-ready' }, fresh, 2000)).toEqual({ do: 'go-on' })
    expect(course.notBeforeMs).toBe(2000 + timing.retryMs)
    expect(course.after({ kind: 'not-ready' }, fresh, 21_000)).toMatchObject({ do: 'park' })
  })

  it('pauses longer without progress, up to a limit, and shortly again after some', () => {
    const course = new FillCourse(timing)
    const pause = () => {
      const step = course.after({ kind: 'stalled' }, leaseOf(0), 0)
      return step.do === 'park' ? step.retryAfterMs : null
    }
    expect([pause(), pause(), pause(), pause()]).toEqual([2_000, 4_000, 8_000, 10_000])
    course.after({ kind: 'segment' }, leaseOf(1), 0)
    expect(pause()).toBe(2_000)
  })

  it('parks for what passes and ends for what does not', () => {
    const course = new FillCourse(timing)
    expect(course.after({ kind: 'busy' }, null, 0)).toMatchObject({ do: 'park', reason: 'server-paces' })
    expect(course.after({ kind: 'other-playlist' }, null, 0)).toEqual({ do: 'other-playlist' })
    expect(course.after(failed('source-unreachable'), null, 0)).toMatchObject({
      reason: 'source-unreachable',
    })
    expect(course.after(failed('cancelled'), null, 0)).toMatchObject({ do: 'park', reason: 'retrying' })
    for (const code of ['source-refused', 'unplayable', 'unknown-media', 'bad-playlist'] as const)
      expect(course.after(failed(code), null, 0)).toMatchObject({ do: 'fail', error: { code } })
  })

  it('gives up on a server that keeps sending what is no segment', () => {
    const course = new FillCourse(timing)
    const steps = Array.from({ length: 6 }, () => course.after({ kind: 'bad' }, leaseOf(0), 0).do)
    expect(steps).toEqual(['park', 'park', 'park', 'park', 'park', 'fail'])
  })
})
