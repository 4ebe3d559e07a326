import { beforeEach, expect, it } from 'vitest'
import { asSourceId, type ConnectionKind, type Item, type Source } from '../../src-preload/contract/index.ts'
import type { CoreCalls } from './core-calls.ts'
import { createPlayerStore, type PlayerStore } from './player-store.ts'
import { watchReturn } from './source-return.ts'

const sourceId = asSourceId('attic')

let store: PlayerStore
let returns: number
let say: (connection: ConnectionKind) => void

beforeEach(() => {
  store = createPlayerStore()
  store.setState({ item: { sourceId } as Item })
  returns = 0
  const core: CoreCalls = {
    call: () => Promise.reject(new Error('nothing is called')),
    subscribe: (_topic, listener) => {
      say = (connection) => (listener as (sources: readonly Source[]) => void)([source(connection)])
      return () => undefined
    },
  }
  watchReturn(core, store, () => returns++)
})

const source = (connection: ConnectionKind): Source => ({ sourceId, name: 'Attic', connection })

const fail = (code: 'source-unreachable' | 'unplayable'): void => {
  store.dispatch({ type: 'opened', wantsPlay: true })
  store.dispatch({ type: 'failed', code, sentence: '' })
}

it('tries again when the server that went away is back', () => {
  fail('source-unreachable')
  say('offline')
  expect(returns).toBe(0)
  say('lan')
  expect(returns).toBe(1)
})

it('tries again for a title that was opened while the server was already away', () => {
  fail('source-unreachable')
  say('lan')
  expect(returns).toBe(1)
})

it('does not try over and over while nothing about the server changes', () => {
  fail('source-unreachable')
  say('lan')
  fail('source-unreachable')
  say('lan')
  expect(returns).toBe(1)
})

it('leaves other troubles and what plays alone', () => {
  fail('unplayable')
  say('offline')
  say('lan')
  store.dispatch({ type: 'opened', wantsPlay: true })
  say('offline')
  say('wan')
  expect(returns).toBe(0)
})
