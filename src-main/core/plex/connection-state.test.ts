import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  admission,
  initialConnection,
  stepConnection,
  type ConnectionEvent,
  type ConnectionState,
} from './connection-state.ts'

const events: readonly ConnectionEvent[] = [
  'due',
  'probe-succeeded',
  'probe-failed',
  'network-failed',
  'closed',
]

const run = (...sequence: ConnectionEvent[]): ConnectionState =>
  sequence.reduce((state, event) => stepConnection(state, event).state, initialConnection)

describe('the state of a connection', () => {
  it('keeps its promises after any sequence of events', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...events), { maxLength: 30 }), (sequence) => {
        let state = initialConnection
        let probes = 0
        for (const event of sequence) {
          const { state: next, effects } = stepConnection(state, event)
          if (effects.includes('probe')) probes += 1
          if (event.startsWith('probe-') && state.isProbing) probes -= 1
          // One probe at a time, and somebody always brings the next: a probe under way or a timer.
          expect(probes === 0 || probes === 1 || next.isClosed).toBe(true)
          // While off, a failed request starts nothing.
          if (state.reach === 'off' && event === 'network-failed') expect(effects).toEqual([])
          if (effects.includes('announce')) expect(next.reach).not.toBe(state.reach)
          if (next.reach === 'off' && state.reach !== 'off')
            expect(effects).toContain(next.isClosed ? 'cancel' : 'cut-requests')
          if (!next.isProbing && state.isProbing && !next.isClosed) expect(effects).toContain('wait-interval')
          if (state.isClosed) expect(next).toEqual(state)
          state = next
        }
      }),
    )
  })

  it('answers every event in every state', () => {
    const seen = new Map<string, ConnectionState>([[JSON.stringify(initialConnection), initialConnection]])
    for (const state of seen.values())
      for (const event of events) {
        const { state: next } = stepConnection(state, event)
        seen.set(JSON.stringify(next), next)
      }
    expect([...seen.values()].map((state) => admission(state))).toEqual(
      expect.arrayContaining(['go', 'wait', 'stop']),
    )
    for (const state of seen.values()) expect(admission(state) === 'stop').toBe(state.reach === 'off')
  })

  it('lets nobody through while a failure is being looked into', () => {
    expect(admission(initialConnection)).toBe('wait')
    expect(admission(run('due', 'probe-succeeded'))).toBe('go')
    expect(admission(run('due', 'probe-succeeded', 'due'))).toBe('go')
    expect(admission(run('due', 'probe-succeeded', 'network-failed'))).toBe('wait')
    expect(admission(run('due', 'probe-succeeded', 'network-failed', 'probe-failed'))).toBe('stop')
    expect(admission(run('due', 'probe-succeeded', 'network-failed', 'probe-succeeded'))).toBe('go')
  })
})
