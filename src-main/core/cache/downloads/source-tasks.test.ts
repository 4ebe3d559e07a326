import { beforeEach, expect, it } from 'vitest'
import { ManualClock } from '../test-support/manual-clock.ts'
import { SourceTasks, type Round } from './source-tasks.ts'

let clock: ManualClock
let tasks: SourceTasks
/** What each source is to be asked next; without, there is nothing to do. */
let rounds: Map<string, Round>
let asked: string[]
let errors: unknown[]
beforeEach(() => {
  clock = new ManualClock()
  rounds = new Map()
  asked = []
  errors = []
  tasks = new SourceTasks({
    clock,
    inTurn: (turn) => Promise.resolve().then(turn),
    next: (sourceId) => {
      asked.push(sourceId)
      return rounds.get(sourceId) ?? null
    },
    onError: (error) => errors.push(error),
  })
})

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const resting = (inMs: number): Round => ({ work: null, inMs })

it('wakes only the source that there is something new for, and once', async () => {
  for (const sourceId of ['a', 'b']) {
    rounds.set(sourceId, resting(10_000))
    tasks.tend(sourceId)
  }
  await settle()
  expect(asked.splice(0)).toEqual(['a', 'b'])
  tasks.tend('a')
  await settle()
  expect(asked.splice(0)).toEqual(['a'])
  await settle()
  expect(asked).toEqual([])
  clock.advance(10_000)
  await settle()
  expect(asked.toSorted()).toEqual(['a', 'b'])
  await tasks.stop()
})

it('hears what comes while it works, and ends when nothing is left', async () => {
  const held = Promise.withResolvers<void>()
  rounds.set('a', { work: () => held.promise, inMs: 0 })
  tasks.tend('a')
  await settle()
  tasks.tend('a')
  rounds.delete('a')
  held.resolve()
  await settle()
  expect(asked.splice(0)).toEqual(['a', 'a'])
  clock.advance(60_000)
  await settle()
  expect(asked).toEqual([])
  tasks.tend('a')
  await settle()
  expect(asked).toEqual(['a'])
})

it('tells of a bug and tries again after a pause', async () => {
  rounds.set('a', { work: () => Promise.reject(new Error('a bug')), inMs: 0 })
  tasks.tend('a')
  await settle()
  expect([asked.length, errors.length]).toEqual([1, 1])
  rounds.delete('a')
  clock.advance(5_000)
  await settle()
  expect(asked).toHaveLength(2)
})

it('stops while it rests', async () => {
  rounds.set('a', resting(10_000))
  tasks.tend('a')
  await settle()
  await tasks.stop()
  tasks.tend('a')
  clock.advance(60_000)
  await settle()
  expect(asked).toEqual(['a'])
})
