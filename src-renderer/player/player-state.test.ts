// @vitest-environment node
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asQuality } from '../../src-preload/contract/index.ts'
import {
  type Phase,
  type PlayEvent,
  type PlayState,
  canSwitch,
  idle,
  reduce,
  wantsPlay,
} from './player-state.ts'

const to = asQuality('720p-4000k')
const failure = { code: 'source-unreachable', sentence: 'gone' } as const

const states: readonly PlayState[] = [
  idle,
  { phase: 'loading', wantsPlay: true },
  { phase: 'loading', wantsPlay: false },
  { phase: 'playing' },
  { phase: 'paused' },
  { phase: 'buffering' },
  { phase: 'seeking', wantsPlay: true },
  { phase: 'seeking', wantsPlay: false },
  { phase: 'switching', wantsPlay: true, to },
  { phase: 'switching', wantsPlay: false, to },
  { phase: 'ended' },
  { phase: 'failed', ...failure },
]

const events: readonly PlayEvent[] = [
  { type: 'opened', wantsPlay: true },
  { type: 'ready' },
  { type: 'playAsked' },
  { type: 'pauseAsked' },
  { type: 'starved' },
  { type: 'fed' },
  { type: 'seekAsked' },
  { type: 'sought' },
  { type: 'switchAsked', to: 'automatic' },
  { type: 'switched' },
  { type: 'switchFailed' },
  { type: 'ended' },
  { type: 'failed', ...failure },
  { type: 'closed' },
]

/** A state as one word: `seeking+` is seeking with the wish to play on. */
const nameOf = (state: PlayState): string =>
  'wantsPlay' in state ? `${state.phase}${state.wantsPlay ? '+' : '-'}` : state.phase

/** Where every event leads from every state; `·` is "stays". */
const table: Readonly<Record<string, Partial<Record<PlayEvent['type'], string>>>> = {
  idle: { opened: 'loading+' },
  'loading+': {
    opened: 'loading+',
    ready: 'playing',
    pauseAsked: 'loading-',
    failed: 'failed',
    closed: 'idle',
  },
  'loading-': {
    opened: 'loading+',
    ready: 'paused',
    playAsked: 'loading+',
    failed: 'failed',
    closed: 'idle',
  },
  playing: {
    opened: 'loading+',
    pauseAsked: 'paused',
    starved: 'buffering',
    seekAsked: 'seeking+',
    switchAsked: 'switching+',
    ended: 'ended',
    failed: 'failed',
    closed: 'idle',
  },
  paused: {
    opened: 'loading+',
    playAsked: 'playing',
    seekAsked: 'seeking-',
    switchAsked: 'switching-',
    ended: 'ended',
    failed: 'failed',
    closed: 'idle',
  },
  buffering: {
    opened: 'loading+',
    pauseAsked: 'paused',
    fed: 'playing',
    seekAsked: 'seeking+',
    switchAsked: 'switching+',
    ended: 'ended',
    failed: 'failed',
    closed: 'idle',
  },
  'seeking+': {
    opened: 'loading+',
    pauseAsked: 'seeking-',
    sought: 'playing',
    switchAsked: 'switching+',
    ended: 'ended',
    failed: 'failed',
    closed: 'idle',
  },
  'seeking-': {
    opened: 'loading+',
    playAsked: 'seeking+',
    sought: 'paused',
    switchAsked: 'switching-',
    ended: 'ended',
    failed: 'failed',
    closed: 'idle',
  },
  'switching+': {
    opened: 'loading+',
    pauseAsked: 'switching-',
    switchAsked: 'switching+',
    switched: 'playing',
    switchFailed: 'playing',
    ended: 'ended',
    failed: 'failed',
    closed: 'idle',
  },
  'switching-': {
    opened: 'loading+',
    playAsked: 'switching+',
    switchAsked: 'switching-',
    switched: 'paused',
    switchFailed: 'paused',
    ended: 'ended',
    failed: 'failed',
    closed: 'idle',
  },
  ended: {
    opened: 'loading+',
    playAsked: 'seeking+',
    seekAsked: 'seeking+',
    switchAsked: 'switching+',
    failed: 'failed',
    closed: 'idle',
  },
  failed: { opened: 'loading+', failed: 'failed', closed: 'idle' },
}

describe('every event in every state', () => {
  const pairs = states.flatMap((state) =>
    events.map((event) => [nameOf(state), event.type, state, event] as const),
  )

  test.each(pairs)('%s, %s', (from, type, state, event) => {
    expect(nameOf(reduce(state, event))).toBe(table[from]?.[type] ?? from)
  })

  test('the table names every state', () => {
    expect(Object.keys(table).sort()).toEqual(states.map(nameOf).sort())
  })
})

test('an event that means nothing leaves the very same object, so that nothing draws again', () => {
  for (const state of states) {
    for (const event of events) {
      const next = reduce(state, event)
      if (nameOf(next) === nameOf(state) && !['opened', 'failed', 'switchAsked'].includes(event.type))
        expect(next).toBe(state)
    }
  }
})

test('a switch goes to the newest wish', () => {
  const state = reduce({ phase: 'switching', wantsPlay: true, to }, { type: 'switchAsked', to: 'automatic' })
  expect(state).toEqual({ phase: 'switching', wantsPlay: true, to: 'automatic' })
})

describe('whatever happens in whatever order', () => {
  const anyEvents = fc.array(fc.constantFrom(...events), { maxLength: 40 })

  test('the last wish decides how loading, seeking and switching end', () => {
    fc.assert(
      fc.property(anyEvents, fc.boolean(), (before, wish) => {
        const state = before.reduce(reduce, idle)
        const wished = reduce(state, { type: wish ? 'playAsked' : 'pauseAsked' })
        if (!canSwitch(wished) || wished.phase === 'ended') return
        expect(wantsPlay(wished)).toBe(wish)
        const settled = [{ type: 'sought' }, { type: 'switched' }] as const
        expect(wantsPlay(settled.reduce<PlayState>(reduce, wished))).toBe(wish)
      }),
    )
  })

  test('closing ends in idle, and only opening leaves it', () => {
    const left = (phase: Phase): boolean => phase !== 'idle'
    fc.assert(
      fc.property(anyEvents, (list) => {
        const closed = reduce(list.reduce(reduce, idle), { type: 'closed' })
        expect(closed).toEqual(idle)
        for (const event of events) expect(left(reduce(closed, event).phase)).toBe(event.type === 'opened')
      }),
    )
  })
})
