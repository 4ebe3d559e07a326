import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { asMediaId, asQuality, asSourceId, type CacheKey } from '../../../src-preload/contract/index.ts'
import { systemClock } from '../base/clock.ts'
import { TranscodeCoordinator, type LiveTranscode } from './transcode-coordinator.ts'
import { ManualClock } from './test-support/manual-clock.ts'

const key = (mediaId: string, quality = '720p-4000k'): CacheKey => ({
  sourceId: asSourceId('source'),
  mediaId: asMediaId(mediaId),
  quality: asQuality(quality),
})
const never = new AbortController().signal

/** What the far side sees: who lives there at the same time. */
class FarSide {
  readonly alive = new Set<string>()
  most = 0
  pings = 0
  readonly idle = new Map<string, number>()

  /** Like a real one: it takes a moment to come up, and a moment to go. */
  start(name: string, tick: () => Promise<void> = pause) {
    return async (signal: AbortSignal): Promise<LiveTranscode> => {
      await tick()
      signal.throwIfAborted()
      this.alive.add(name)
      this.most = Math.max(this.most, this.alive.size)
      const over = new AbortController()
      let stopping: Promise<void> | null = null
      const stop = async (): Promise<void> => {
        over.abort()
        await tick()
        this.alive.delete(name)
      }
      const idle = this.idle
      return {
        sessionId: name,
        playlist: '',
        ended: over.signal,
        get idleMs() {
          return idle.get(name) ?? 0
        },
        ping: () => Promise.resolve(void (this.pings += 1)),
        fetchSegment: () => Promise.reject(new Error('not asked for here')),
        stop: () => {
          stopping ??= Promise.resolve().then(stop)
          return stopping
        },
      }
    }
  }
}

const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('transcodes of one source', () => {
  const far = new FarSide()
  const coordinator = new TranscodeCoordinator({ clock: systemClock })
  afterEach(() => coordinator.close())

  it('follow one another, never two at a time', async () => {
    const first = await coordinator.open(key('a'), 'play', far.start('1'), never)
    const second = await coordinator.open(key('a', '480p-1500k'), 'play', far.start('2'), never)
    expect(far.most).toBe(1)
    expect(first !== 'busy' && first.ended.aborted).toBe(true)
    expect(second !== 'busy' && second.ended.aborted).toBe(false)
    expect(coordinator.sessionOf('source', 'a')).toBe('2')
    expect(coordinator.sessionOf('source', 'b')).toBeNull()
    await coordinator.stopPlayback('source')
    expect([...far.alive]).toEqual([])
    expect(coordinator.isPlayingLive('source')).toBe(false)
  })

  it('of a download wait for those that are watched', async () => {
    await coordinator.open(key('a'), 'fill', far.start('fill'), never)
    await coordinator.open(key('b'), 'play', far.start('play'), never)
    expect([...far.alive]).toEqual(['play'])
    expect(await coordinator.open(key('a'), 'fill', far.start('fill-2'), never)).toBe('busy')
    await coordinator.stopPlayback('source')
    expect(await coordinator.open(key('a'), 'fill', far.start('fill-3'), never)).not.toBe('busy')
  })

  it('give way also while they start', async () => {
    const overtaken = coordinator.open(key('a'), 'play', far.start('slow'), never)
    const winner = coordinator.open(key('b'), 'play', far.start('quick'), never)
    await expect(overtaken).rejects.toMatchObject({ code: 'cancelled' })
    expect(await winner).toMatchObject({ sessionId: 'quick' })
    expect([...far.alive]).toEqual(['quick'])
  })

  it('leave the place free when they cannot start', async () => {
    await expect(
      coordinator.open(key('a'), 'play', () => Promise.reject(new Error('no')), never),
    ).rejects.toThrow('no')
    expect(coordinator.isPlayingLive('source')).toBe(false)
    expect(await coordinator.open(key('a'), 'fill', far.start('next'), never)).not.toBe('busy')
  })

  it('are at most one, in whatever order things happen', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.constantFrom('play', 'fill', 'stop', 'abort', 'end'), { minLength: 1, maxLength: 12 }),
        async (scheduler, steps) => {
          const side = new FarSide()
          const own = new TranscodeCoordinator({ clock: systemClock })
          const tick = (): Promise<void> => scheduler.schedule(Promise.resolve())
          const opened: Promise<unknown>[] = []
          let controller = new AbortController()
          const doStep = (step: (typeof steps)[number], index: number): void => {
            if (step === 'stop') opened.push(own.stopPlayback('source'))
            else if (step === 'end') opened.push(own.endSource('source'))
            else if (step === 'abort') {
              controller.abort()
              controller = new AbortController()
            } else {
              const opening = own.open(
                key(String(index)),
                step,
                side.start(String(index), tick),
                controller.signal,
              )
              opened.push(opening.catch(() => undefined))
            }
          }
          steps.forEach(
            (step, index) => void scheduler.schedule(Promise.resolve()).then(() => doStep(step, index)),
          )
          await scheduler.waitIdle()
          opened.push(own.close())
          await scheduler.waitIdle()
          await Promise.all(opened)
          expect(side.most).toBeLessThanOrEqual(1)
          expect([...side.alive]).toEqual([])
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('sleep', () => {
  it('ends everything that runs, and is no obstacle to what comes after', async () => {
    const far = new FarSide()
    const coordinator = new TranscodeCoordinator({ clock: new ManualClock() })
    await coordinator.open(key('a'), 'play', far.start('1'), never)
    await coordinator.endAll()
    expect([...far.alive]).toEqual([])
    await coordinator.open(key('a'), 'play', far.start('2'), never)
    expect([...far.alive]).toEqual(['2'])
    await coordinator.close()
  })
})

describe('upkeep', () => {
  it('pings what is shown, however long it is paused, and ends what nobody reads', async () => {
    const clock = new ManualClock()
    const far = new FarSide()
    const coordinator = new TranscodeCoordinator({ clock })
    coordinator.setShown('source', { mediaId: 'a', quality: '720p-4000k' })
    await coordinator.open(key('a'), 'play', far.start('1'), never)
    far.idle.set('1', 3_600_000)
    for (let n = 0; n < 5; n += 1) clock.advance(10_000)
    expect(far.pings).toBe(5)
    far.idle.set('1', 0)
    coordinator.setShown('source', { mediaId: 'a', quality: 'original' })
    await coordinator.endSource('source')
    expect([...far.alive]).toEqual([])
    clock.advance(10_000)
    expect(clock.waiting).toBe(0)
  })

  it('ends the transcode of what was shown as soon as something else is, and no other', async () => {
    const far = new FarSide()
    const coordinator = new TranscodeCoordinator({ clock: new ManualClock() })
    const shows = (quality: string): void => coordinator.setShown('source', { mediaId: 'a', quality })
    shows('480p-1500k')
    await coordinator.open(key('a'), 'play', far.start('next'), never)
    // The one that is being made ready.
    shows('480p-1500k')
    shows('720p-4000k')
    await pause()
    expect([...far.alive]).toEqual(['next'])
    shows('original')
    await vi.waitFor(() => expect([...far.alive]).toEqual([]))
    await coordinator.close()
  })
})
