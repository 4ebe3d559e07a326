import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Mailbox } from './mailbox.ts'

const mailbox = (errors: unknown[] = []): Mailbox => new Mailbox((_, error) => errors.push(error))

describe('Mailbox', () => {
  it('runs turns one after another, in the order they came', async () => {
    const box = mailbox()
    const order: number[] = []
    const first = box.ask(() => {
      // What a turn sends comes after what waits already.
      box.post('later', () => void order.push(3))
      order.push(1)
    })
    const second = box.ask(() => void order.push(2))
    expect(order).toEqual([])
    await Promise.all([first, second])
    await box.ask(() => undefined)
    expect(order).toEqual([1, 2, 3])
  })

  it('goes on with other commands while an effect of one is under way', async () => {
    const box = mailbox()
    const effect = Promise.withResolvers<number>()
    const slow = box.ask(() => box.after(effect.promise, (value) => value + 1))
    expect(await box.ask(() => 'quick')).toBe('quick')
    effect.resolve(1)
    expect(await slow).toBe(2)
  })

  it('answers with what the turn, its effect or the report throws', async () => {
    const box = mailbox()
    const thrower = (): never => {
      throw new Error('no')
    }
    await expect(box.ask(thrower)).rejects.toThrow('no')
    await expect(box.ask(() => box.after(Promise.reject(new Error('gone')), () => 1))).rejects.toThrow('gone')
    await expect(box.ask(() => box.after(Promise.resolve(), thrower))).rejects.toThrow('no')
    expect(await box.ask(() => 'alive')).toBe('alive')
  })

  it('answers at once when the asker gives up, and does not run what has not begun', async () => {
    const box = mailbox()
    const abort = new AbortController()
    const waiting = box.ask(() => box.after(new Promise<void>(() => undefined), () => 1), abort.signal)
    const queued = box.ask(() => expect.unreachable(), abort.signal)
    abort.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' })
    await expect(queued).rejects.toMatchObject({ code: 'cancelled' })
    await expect(box.ask(() => 1, abort.signal)).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('refuses commands when it is full, but never a report', async () => {
    const box = mailbox()
    let reports = 0
    const asked = Array.from({ length: 1024 }, () => box.ask(() => 1))
    await expect(box.ask(() => 1)).rejects.toMatchObject({ code: 'internal' })
    box.post('report', () => (reports += 1))
    expect((await Promise.all(asked)).length).toBe(1024)
    expect(await box.ask(() => reports)).toBe(1)
  })

  it('survives a report that throws', async () => {
    const errors: unknown[] = []
    const box = mailbox(errors)
    box.post('bad', () => {
      throw new Error('bug')
    })
    expect(await box.ask(() => 1)).toBe(1)
    expect(errors).toHaveLength(1)
  })

  it('refuses commands once closed; reports still have their turn', async () => {
    const box = mailbox()
    box.close()
    await expect(box.ask(() => 1)).rejects.toMatchObject({ code: 'cancelled' })
    expect(await box.after(Promise.resolve(1), (value) => value)).toBe(1)
  })
})

it('answers every command exactly once, whatever it does, in whatever order effects end, also when closed or given up', async () => {
  const kind = fc.constantFrom('answer', 'throw', 'effect', 'failing effect', 'never', 'report')
  const step = fc.record({ kind, givesUp: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 60 }),
      fc.scheduler(),
      fc.nat(60),
      async (steps, s, closeAt) => {
        const box = mailbox()
        const answers = steps.map(() => 0)
        let owed = 0
        for (const [index, { kind: what, givesUp }] of steps.entries()) {
          if (index === closeAt) box.close()
          if (what === 'report') {
            box.post('report', () => undefined)
            continue
          }
          owed += 1
          const abort = new AbortController()
          const turn = (): number | Promise<number> => {
            if (what === 'throw') throw new Error('no')
            if (what === 'answer') return index
            if (what === 'never') return box.after(new Promise<void>(() => undefined), () => index)
            const effect = s.schedule(Promise.resolve()).then(() => {
              if (what === 'failing effect') throw new Error('failed')
            })
            return box.after(effect, () => index)
          }
          const count = (): void => void (answers[index] = (answers[index] ?? 0) + 1)
          void box.ask(turn, abort.signal).then(count, count)
          // What never ends by itself ends at its deadline.
          if (givesUp || what === 'never') void s.schedule(Promise.resolve()).then(() => abort.abort())
        }
        const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
        for (await settle(); s.count() > 0; await settle()) await s.waitOne()
        expect(answers.filter((times) => times === 1).length).toBe(owed)
        expect(answers.every((times) => times <= 1)).toBe(true)
        expect(box.length).toBe(0)
      },
    ),
    { numRuns: 200 },
  )
})
