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
          const promises = {
            'one probe at a time': probes === 0 || probes === 1 || next.isClosed,
            'while off, a failed request starts nothing':
              state.reach !== 'off' || event !== 'network-failed' || effects.length === 0,
            'only changes are announced': !effects.includes('announce') || next.reach !== state.reach,
            'what waits for a server that is off is cut':
              next.reach !== 'off' ||
              state.reach === 'off' ||
              effects.includes(next.isClosed ? 'cancel' : 'cut-requests'),
            'somebody brings the next probe':
              next.isProbing || !state.isProbing || next.isClosed || effects.includes('wait-interval'),
            'closed stays closed': !state.isClosed || next === state,
          }
          expect(Object.entries(promises).filter(([, isKept]) => !isKept)).toEqual([])
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
