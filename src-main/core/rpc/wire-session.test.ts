import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maxFrameBytes, type ServerFrame, type Settings } from '../../../src-preload/contract/index.ts'
import { Emitter } from '../base/emitter.ts'
import { createTestClock } from '../base/test-support/test-clock.ts'
import type { CallOutcome } from './router.ts'
import type { TopicSources } from './topic-sources.ts'
import { parseClientFrame, serveWire } from './wire-session.ts'
import type { Wire } from './wire.ts'

/** Both ends of a wire, with what the core sent and whether it hung up. */
function createTestWire() {
  const frames = new Emitter<string>()
  const closed = new Emitter<void>()
  const sent: ServerFrame[] = []
  const state = { isClosedByCore: false }
  const wire: Wire = {
    post: (frame) => void sent.push(JSON.parse(frame) as ServerFrame),
    onFrame: (listener) => frames.on(listener),
    onClose: (listener) => closed.on(listener),
    close: () => (state.isClosedByCore = true),
  }
  return {
    wire,
    sent,
    state,
    frames,
    receive: (frame: unknown) => frames.emit(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    hangUp: () => closed.emit(),
  }
}

/** Calls that are settled by hand, and topics that are told by hand. */
function createCore() {
  const open: { method: unknown; settle: (outcome: CallOutcome) => void; signal: AbortSignal }[] = []
  const emitters = new Map<string, Emitter<never>>()
  const topic = (name: string) => {
    const emitter = new Emitter<never>()
    emitters.set(name, emitter)
    return { subscribe: (listener: (value: never) => void) => emitter.on(listener), keyOf: () => '' }
  }
  const topics = {
    'cache.entryChanged': topic('cache.entryChanged'),
    'cache.stats': topic('cache.stats'),
    'library.sources': topic('library.sources'),
    'library.changed': topic('library.changed'),
    'playback.owner': topic('playback.owner'),
    'settings.changed': topic('settings.changed'),
  } as unknown as TopicSources
  return {
    open,
    emitters,
    listeners: () => [...emitters.values()].reduce((sum, emitter) => sum + emitter.listenerCount, 0),
    topics,
    call: (method: unknown, _params: unknown, signal: AbortSignal) =>
      new Promise<CallOutcome>((settle) => open.push({ method, settle, signal })),
  }
}

function connect() {
  const core = createCore()
  const test = createTestWire()
  const clock = createTestClock()
  const ended: number[] = []
  const session = serveWire(test.wire, {
    call: core.call,
    topics: core.topics,
    clock,
    onEnd: () => ended.push(1),
  })
  return { ...test, core, clock, ended, session }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('calls', () => {
  it('answers out of order, by id', async () => {
    const { core, receive, sent } = connect()
    receive({ t: 'call', id: 1, m: 'a', p: {} })
    receive({ t: 'call', id: 2, m: 'b', p: {} })
    core.open[1]?.settle({ ok: true, value: 'two' })
    core.open[0]?.settle({ ok: true, value: undefined })
    await settled()
    expect(sent).toEqual([
      { t: 'ok', id: 2, v: 'two' },
      { t: 'ok', id: 1, v: null },
    ])
  })

  it('answers an aborted call once, at once, and aborts its work', async () => {
    const { core, receive, sent } = connect()
    receive({ t: 'call', id: 7, m: 'a', p: {} })
    receive({ t: 'abort', id: 7 })
    expect(core.open[0]?.signal.aborted).toBe(true)
    expect(sent).toMatchObject([{ t: 'err', id: 7, e: { code: 'cancelled' } }])
    core.open[0]?.settle({ ok: true, value: 'late' })
    receive({ t: 'abort', id: 7 })
    await settled()
    expect(sent).toHaveLength(1)
  })

  it('does not give a late answer to a new call of the same id', async () => {
    const { core, receive, sent } = connect()
    receive({ t: 'call', id: 1, m: 'a', p: {} })
    receive({ t: 'abort', id: 1 })
    receive({ t: 'call', id: 1, m: 'b', p: {} })
    core.open[0]?.settle({ ok: true, value: 'of the first' })
    await settled()
    core.open[1]?.settle({ ok: true, value: 'of the second' })
    await settled()
    expect(sent.slice(1)).toEqual([{ t: 'ok', id: 1, v: 'of the second' }])
  })

  it('aborts everything and listens to nothing once the wire is closed', async () => {
    const { core, receive, hangUp, sent, frames, ended, clock } = connect()
    receive({ t: 'call', id: 1, m: 'a', p: {} })
    receive({ t: 'sub', topic: 'library.changed' })
    core.emitters.get('library.changed')?.emit('x' as never)
    hangUp()
    expect(core.open[0]?.signal.aborted).toBe(true)
    expect([core.listeners(), frames.listenerCount, clock.pending]).toEqual([0, 0, 0])
    core.open[0]?.settle({ ok: true, value: 'late' })
    await settled()
    expect(sent).toEqual([{ t: 'ev', topic: 'library.changed', v: 'x' }])
    expect(ended).toEqual([1])
  })
})

describe('topics', () => {
  it('tells once however often it is subscribed, and nothing after leaving', () => {
    const { core, receive, sent, clock } = connect()
    receive({ t: 'sub', topic: 'settings.changed' })
    receive({ t: 'sub', topic: 'settings.changed' })
    core.emitters.get('settings.changed')?.emit({ volume: 1 } as Settings as never)
    expect(sent).toEqual([{ t: 'ev', topic: 'settings.changed', v: { volume: 1 } }])
    core.emitters.get('settings.changed')?.emit({ volume: 0 } as Settings as never)
    receive({ t: 'unsub', topic: 'settings.changed' })
    clock.advance(1000)
    expect(sent).toHaveLength(1)
    expect(core.listeners()).toBe(0)
  })

  it('lets topics it does not know be', () => {
    const { receive, sent, state } = connect()
    receive({ t: 'sub', topic: 'weather' })
    receive({ t: 'unsub', topic: '__proto__' })
    expect([sent, state.isClosedByCore]).toEqual([[], false])
  })
})

describe('frames that are none', () => {
  const none: readonly (readonly [string, string])[] = [
    ['no JSON', '{'],
    ['no object', '7'],
    ['null', 'null'],
    ['no type', '{"id":1}'],
    ['an unknown type', '{"t":"shout","id":1}'],
    ['a call without an id', '{"t":"call","m":"x","p":{}}'],
    ['an id that is no integer', '{"t":"call","id":1.5,"m":"x","p":{}}'],
    ['a topic that is no text', '{"t":"sub","topic":4}'],
    ['an endless one', `{"t":"sub","topic":"${'x'.repeat(maxFrameBytes)}"}`],
  ]
  it.each(none)('closes the wire on %s', (_, frame) => {
    const { core, receive, state, ended } = connect()
    receive({ t: 'call', id: 1, m: 'a', p: {} })
    receive(frame)
    expect(state.isClosedByCore).toBe(true)
    expect(core.open[0]?.signal.aborted).toBe(true)
    expect(ended).toEqual([1])
    receive({ t: 'call', id: 2, m: 'a', p: {} })
    expect(core.open).toHaveLength(1)
  })

  it('closes the wire when an id is used twice at a time', () => {
    const { receive, state } = connect()
    receive({ t: 'call', id: 1, m: 'a', p: {} })
    receive({ t: 'call', id: 1, m: 'a', p: {} })
    expect(state.isClosedByCore).toBe(true)
  })

  it('never throws on whatever text', () => {
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc.jsonValue().map((v) => JSON.stringify({ t: 'call', id: v })),
    )
    fc.assert(fc.property(text, (frame) => void parseClientFrame(frame)))
  })
})

describe('any order of things', () => {
  type Step =
    | { readonly do: 'call' | 'sub' | 'unsub' | 'close' }
    | { readonly do: 'abort' | 'settle'; readonly which: number }
    | { readonly do: 'wait' }
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 5, arbitrary: fc.constant<Step>({ do: 'call' }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('abort' as const), which: fc.nat(20) }) },
    { weight: 5, arbitrary: fc.record({ do: fc.constant('settle' as const), which: fc.nat(20) }) },
    { weight: 2, arbitrary: fc.constantFrom<Step>({ do: 'sub' }, { do: 'unsub' }, { do: 'wait' }) },
    { weight: 1, arbitrary: fc.constant<Step>({ do: 'close' }) },
  )

  it('answers each call exactly once while the wire stands, and none after', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { core, receive, hangUp, sent, clock } = connect()
        const called: number[] = []
        let isOpen = true
        let sentWhenClosed = 0
        for (const next of steps) {
          if (next.do === 'call' && isOpen) {
            called.push(called.length + 1)
            receive({ t: 'call', id: called.length, m: 'x', p: {} })
          } else if (next.do === 'abort') receive({ t: 'abort', id: next.which })
          else if (next.do === 'settle') core.open[next.which]?.settle({ ok: true, value: next.which })
          else if (next.do === 'sub' || next.do === 'unsub') receive({ t: next.do, topic: 'cache.stats' })
          else if (next.do === 'wait') {
            core.emitters.get('cache.stats')?.emit(0 as never)
            clock.advance(100)
            await settled()
          } else if (isOpen) {
            hangUp()
            isOpen = false
            sentWhenClosed = sent.length
          }
        }
        for (const call of core.open) call.settle({ ok: true, value: null })
        await settled()
        const answered = sent.flatMap((frame) => (frame.t === 'ev' ? [] : [frame.id])).sort((a, b) => a - b)
        if (isOpen) expect(answered).toEqual(called)
        else {
          expect(new Set(answered).size).toBe(answered.length)
          expect(sent).toHaveLength(sentWhenClosed)
          expect([core.listeners(), clock.pending]).toEqual([0, 0])
        }
      }),
      { numRuns: 200 },
    )
  })
})
