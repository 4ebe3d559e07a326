import fc from 'fast-check'
import { expect, it } from 'vitest'
import { TaskQueue } from './task-queue.ts'

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Work that ends when told, and knows how much of it runs at once. */
function createWork() {
  const open = new Map<string, PromiseWithResolvers<string>>()
  const state = { running: 0, most: 0, started: [] as string[], aborted: [] as string[] }
  const work = (key: string) => async (signal: AbortSignal) => {
    state.running += 1
    state.most = Math.max(state.most, state.running)
    state.started.push(key)
    const ending = Promise.withResolvers<string>()
    open.set(key, ending)
    signal.addEventListener('abort', () => {
      state.aborted.push(key)
      ending.reject(signal.reason)
    })
    try {
      return await ending.promise
    } finally {
      state.running -= 1
    }
  }
  return { open, state, work }
}

it('runs each key once for all who ask, and a few at a time', async () => {
  const { open, state, work } = createWork()
  const queue = new TaskQueue<string>(2)
  const answers = ['a', 'a', 'b', 'c'].map((key) => queue.run(key, work(key)))
  await settled()
  expect(state.started).toEqual(['a', 'b'])
  open.get('a')?.resolve('A')
  await settled()
  expect(state.started).toEqual(['a', 'b', 'c'])
  open.get('b')?.resolve('B')
  open.get('c')?.resolve('C')
  expect(await Promise.all(answers)).toEqual(['A', 'A', 'B', 'C'])
  expect(state.most).toBe(2)
})

it('gives up what nobody waits for, and begins it anew for who asks again', async () => {
  const { open, state, work } = createWork()
  const queue = new TaskQueue<string>(1)
  const [one, two, waiting] = [new AbortController(), new AbortController(), new AbortController()]
  const first = queue.run('a', work('a'), one.signal)
  const second = queue.run('a', work('a'), two.signal)
  const never = queue.run('b', work('b'), waiting.signal)
  await settled()
  one.abort()
  await expect(first).rejects.toMatchObject({ name: 'AbortError' })
  expect(state.aborted).toEqual([])
  waiting.abort()
  two.abort()
  await expect(second).rejects.toMatchObject({ name: 'AbortError' })
  await expect(never).rejects.toMatchObject({ name: 'AbortError' })
  expect(state.aborted).toEqual(['a'])
  const again = queue.run('a', work('a'))
  await settled()
  open.get('a')?.resolve('A')
  expect(await again).toBe('A')
  expect(state.started).toEqual(['a', 'a'])
})

it('hands on an error and goes on', async () => {
  const queue = new TaskQueue<string>(1)
  const failing = queue.run('a', () => Promise.reject(new Error('no')))
  const next = queue.run('b', () => Promise.resolve('B'))
  await expect(failing).rejects.toThrow('no')
  expect(await next).toBe('B')
  expect(await queue.run('a', () => Promise.resolve('A'))).toBe('A')
})

it('answers everybody in any order of asking, leaving and ending, never above its limit', async () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('ask' as const), key: fc.constantFrom('a', 'b', 'c', 'd') }),
    fc.record({ do: fc.constant('leave' as const), which: fc.nat(10) }),
    fc.record({ do: fc.constant('end' as const), key: fc.constantFrom('a', 'b', 'c', 'd') }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const { open, state, work } = createWork()
      const queue = new TaskQueue<string>(2)
      const callers: { leaving: AbortController; answer: Promise<string> }[] = []
      for (const next of steps) {
        if (next.do === 'ask') {
          const leaving = new AbortController()
          const answer = queue.run(next.key, work(next.key), leaving.signal).catch(() => 'left')
          callers.push({ leaving, answer })
        } else if (next.do === 'leave') callers[next.which]?.leaving.abort()
        else open.get(next.key)?.resolve('done')
        await settled()
      }
      for (let n = 0; n < 8; n += 1) {
        for (const ending of open.values()) ending.resolve('done')
        await settled()
      }
      const answers = await Promise.all(callers.map((caller) => caller.answer))
      for (const [at, answer] of answers.entries())
        if (!callers[at]?.leaving.signal.aborted) expect(answer).toBe('done')
      expect(state.running).toBe(0)
      expect(state.most).toBeLessThanOrEqual(2)
    }),
  )
})
