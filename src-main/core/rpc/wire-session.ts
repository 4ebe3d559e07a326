import {
  maxFrameBytes,
  topicNames,
  type ClientFrame,
  type ServerFrame,
  type TopicName,
} from '../../../src-preload/contract/index.ts'
import type { Clock } from '../base/clock.ts'
import { SpoolError } from '../spool-error.ts'
import { Coalescer } from './coalescer.ts'
import type { CallOutcome } from './router.ts'
import type { TopicSource, TopicSources } from './topic-sources.ts'
import type { Wire } from './wire.ts'

interface WireSessionOptions {
  call(method: unknown, params: unknown, signal: AbortSignal): Promise<CallOutcome>
  readonly topics: TopicSources
  readonly clock: Clock
  onEnd(): void
}

/**
 * Serves one wire. Every call is answered exactly once: by its outcome, or by `cancelled` as soon as it is aborted.
 * A frame that is none closes the wire: the other side is not a page of this version. All calls and subscriptions end with the wire.
 */
export function serveWire(wire: Wire, options: WireSessionOptions): Disposable {
  const calls = new Map<number, AbortController>()
  const subscriptions = new Map<string, Disposable>()
  let isOver = false

  const post = (frame: ServerFrame): void => {
    if (!isOver) wire.post(encode(frame))
  }

  const end = (): void => {
    if (isOver) return
    isOver = true
    for (const listening of listeners) listening[Symbol.dispose]()
    for (const controller of calls.values()) controller.abort()
    calls.clear()
    for (const subscription of subscriptions.values()) subscription[Symbol.dispose]()
    subscriptions.clear()
    options.onEnd()
  }

  const breakOff = (): void => {
    end()
    wire.close()
  }

  const startCall = (id: number, method: unknown, params: unknown): void => {
    if (calls.has(id)) return breakOff()
    const controller = new AbortController()
    calls.set(id, controller)
    void options.call(method, params, controller.signal).then((outcome) => {
      // After an abort the id is answered, and may even be in use again.
      if (calls.get(id) !== controller) return
      calls.delete(id)
      post(outcome.ok ? { t: 'ok', id, v: outcome.value } : { t: 'err', id, e: outcome.error })
    })
  }

  const abortCall = (id: number): void => {
    const controller = calls.get(id)
    if (!controller) return // answered already; the two frames crossed
    calls.delete(id)
    controller.abort()
    post({ t: 'err', id, e: new SpoolError('cancelled').toPayload() })
  }

  const subscribe = (topic: string): void => {
    // A topic this core does not know never has events: a newer page still works.
    if (!isTopic(topic) || subscriptions.has(topic)) return
    const source = options.topics[topic] as TopicSource<TopicName>
    const coalescer = new Coalescer<unknown>(options.clock, (v) => post({ t: 'ev', topic, v }))
    const listening = source.subscribe((value) => coalescer.push(source.keyOf(value), value))
    subscriptions.set(topic, {
      [Symbol.dispose]() {
        listening[Symbol.dispose]()
        coalescer[Symbol.dispose]()
      },
    })
  }

  const unsubscribe = (topic: string): void => {
    subscriptions.get(topic)?.[Symbol.dispose]()
    subscriptions.delete(topic)
  }

  const onFrame = (text: string): void => {
    if (isOver) return
    const frame = parseClientFrame(text)
    if (frame === null) return breakOff()
    if (frame.t === 'call') startCall(frame.id, frame.m, frame.p)
    else if (frame.t === 'abort') abortCall(frame.id)
    else if (frame.t === 'sub') subscribe(frame.topic)
    else unsubscribe(frame.topic)
  }

  const listeners: readonly Disposable[] = [wire.onFrame(onFrame), wire.onClose(end)]
  return { [Symbol.dispose]: end }
}

const isTopic = (name: string): name is TopicName => (topicNames as readonly string[]).includes(name)

/** Null when `text` is too long, no JSON, or not a frame. A call's method and parameters are checked where calls are answered. */
export function parseClientFrame(text: string): ClientFrame | null {
  // UTF-16 units: never more than the bytes, so this refuses nothing that fits; the shells limit bytes.
  if (text.length > maxFrameBytes) return null
  let frame: unknown
  try {
    frame = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof frame !== 'object' || frame === null || !('t' in frame)) return null
  const { t, id, topic } = frame as Record<string, unknown>
  if (t === 'sub' || t === 'unsub') return typeof topic === 'string' ? (frame as ClientFrame) : null
  if (t === 'call' || t === 'abort') return Number.isSafeInteger(id) ? (frame as ClientFrame) : null
  return null
}

function encode(frame: ServerFrame): string {
  // JSON leaves out what is undefined; `v` must be there all the same.
  return JSON.stringify(frame.t === 'ok' && frame.v === undefined ? { ...frame, v: null } : frame)
}
