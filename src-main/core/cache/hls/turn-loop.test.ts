import { expect, it, vi } from 'vitest'
import { systemClock } from '../../base/clock.ts'
import { TurnLoop } from './turn-loop.ts'

it('runs while there is something to do, and again when kicked in its last turn', async () => {
  let turns = 0
  let rests = 0
  const loop: TurnLoop = new TurnLoop(
    systemClock,
    () => {
      turns += 1
      if (turns === 2) loop.kick()
      return Promise.resolve(turns === 1 ? 'again' : 'rest')
    },
    () => (rests += 1),
    () => undefined,
  )
  loop.kick()
  loop.kick()
  await vi.waitFor(() => expect(rests).toBe(1))
  expect(turns).toBe(3)
  expect(loop.isRunning).toBe(false)
})

it('ends a pause on a kick and when stopped', async () => {
  let pauses = 0
  const loop: TurnLoop = new TurnLoop(
    systemClock,
    async () => {
      pauses += 1
      await loop.pause(1_000_000)
      return 'again'
    },
    () => undefined,
    () => undefined,
  )
  loop.kick()
  await vi.waitFor(() => expect(pauses).toBe(1))
  loop.kick()
  await vi.waitFor(() => expect(pauses).toBe(2))
  await loop.stop()
  loop.kick()
  expect(loop.isRunning).toBe(false)
})

it('reports a turn that threw, rests, and can be kicked again', async () => {
  const broken: unknown[] = []
  const loop = new TurnLoop(
    systemClock,
    () => Promise.reject(new Error('a bug')),
    () => undefined,
    (error) => broken.push(error),
  )
  for (const count of [1, 2]) {
    loop.kick()
    await vi.waitFor(() => expect(broken).toHaveLength(count))
    await vi.waitFor(() => expect(loop.isRunning).toBe(false))
  }
})
