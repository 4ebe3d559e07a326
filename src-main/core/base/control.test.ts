import { expect, test } from 'vitest'
import { deferred, unlessAborted } from './control.ts'

test('what is waited for comes, or fails, while nobody aborts', async () => {
  const { signal } = new AbortController()
  expect(await unlessAborted(Promise.resolve(7), signal)).toBe(7)
  await expect(unlessAborted(Promise.reject(new Error('no')), signal)).rejects.toThrow('no')
})

test('an abort ends the waiting at once, and what comes late is let go', async () => {
  const ending = new AbortController()
  const reason = new Error('enough')
  const late: number[] = []
  const [coming, failing] = [deferred<number>(), deferred<number>()]
  const waits = [coming, failing].map(({ promise }) =>
    unlessAborted(promise, ending.signal, (value) => late.push(value)),
  )
  ending.abort(reason)
  for (const wait of waits) await expect(wait).rejects.toBe(reason)
  await expect(unlessAborted(coming.promise, ending.signal, (value) => late.push(value))).rejects.toBe(reason)
  coming.resolve(7)
  failing.reject(new Error('late'))
  await Promise.allSettled([coming.promise, failing.promise])
  expect(late).toEqual([7, 7])
})
