import { expect, it } from 'vitest'
import { TimelineSender, type OutgoingTimeline } from './timeline-sender.ts'

const state = (positionMs: number): OutgoingTimeline => ({
  sourceId: 's',
  ratingKey: '1',
  state: 'playing',
  positionMs,
  durationMs: 10_000,
  isWatched: false,
  sessionIdentifier: 'p',
  updatedAt: positionMs,
})

it('tells the last word, however close on the heels of the one before it comes', async () => {
  for (let steps = 0; steps < 12; steps += 1) {
    const told: number[] = []
    const sender = new TimelineSender({
      receiverOf: () => ({
        sendTimeline: ({ timeMs }) => {
          told.push(timeMs)
          return Promise.resolve(null)
        },
        setWatched: () => Promise.resolve(),
      }),
      outbox: { put: () => undefined, of: () => [], remove: () => undefined },
      logger: {
        debug: () => undefined,
        info: () => undefined,
        warn: () => undefined,
        error: () => undefined,
      },
      onTerminated: () => undefined,
    })
    sender.push(state(1))
    for (let step = 0; step < steps; step += 1) await Promise.resolve()
    sender.push(state(2))
    await sender.drain()
    expect([steps, told]).toEqual([steps, [1, 2]])
  }
})
