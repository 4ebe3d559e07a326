import type {
  ClientFrame,
  MethodName,
  ParamsOf,
  ServerFrame,
  TopicName,
  Topics,
  ValueOf,
} from '../../../src-preload/contract/index.ts'
import { RpcError, coreGone } from './rpc-error.ts'
import type { Wire, WireStatus } from './wire.ts'

/** All the page knows of the core: calls that can be aborted, and topics. */
export interface RpcClient {
  readonly status: WireStatus
  /** Rejects with `RpcError`, or with the signal's reason when it aborts first. */
  call<M extends MethodName>(method: M, params: ParamsOf<M>, signal?: AbortSignal): Promise<ValueOf<M>>
  /** Returns a function that ends this subscription. Survives a reconnect; events in between are lost. */
  subscribe<T extends TopicName>(topic: T, listener: (value: Topics[T]) => void): () => void
  onStatus(listener: (status: WireStatus) => void): () => void
  close(): void
}

interface Pending {
  readonly frame: string
  settle(outcome: { readonly value: unknown } | { readonly error: unknown }): void
}

type Listener = (value: never) => void

/**
 * One client per page. A call that was sent is never sent again: when the wire goes down it fails with `internal` ("Spool is not
 * running any more"), because only its caller knows whether doing it twice is harmless.
 */
export function createRpcClient(wire: Wire): RpcClient {
  const pending = new Map<number, Pending>()
  const topics = new Map<TopicName, Set<Listener>>()
  let nextId = 1

  const post = (frame: ClientFrame): void => wire.post(JSON.stringify(frame))

  wire.onFrame((text) => {
    const frame = parseFrame(text)
    if (frame === null) return
    if (frame.t === 'ev') {
      for (const listener of [...(topics.get(frame.topic as TopicName) ?? [])]) listener(frame.v as never)
      return
    }
    const call = pending.get(frame.id)
    if (call === undefined) return // answered after its abort
    pending.delete(frame.id)
    call.settle(frame.t === 'ok' ? { value: frame.v } : { error: new RpcError(frame.e) })
  })

  wire.onStatus((status) => {
    if (status === 'open') {
      for (const topic of topics.keys()) post({ t: 'sub', topic })
      for (const call of [...pending.values()]) wire.post(call.frame)
    } else if (status === 'down') {
      const calls = [...pending.values()]
      pending.clear()
      for (const call of calls) call.settle({ error: coreGone() })
    }
  })

  return {
    get status() {
      return wire.status
    },
    call(method, params, signal) {
      if (signal?.aborted) return Promise.reject(abortReason(signal))
      if (wire.status === 'down') return Promise.reject(coreGone())
      const id = nextId++
      const frame = JSON.stringify({ t: 'call', id, m: method, p: params } satisfies ClientFrame)
      return new Promise((resolve, reject) => {
        const onAbort = (): void => {
          if (!pending.delete(id)) return
          if (wire.status === 'open') post({ t: 'abort', id })
          reject(abortReason(signal))
        }
        pending.set(id, {
          frame,
          settle(outcome) {
            signal?.removeEventListener('abort', onAbort)
            if ('value' in outcome) resolve(outcome.value as never)
            else reject(outcome.error)
          },
        })
        signal?.addEventListener('abort', onAbort, { once: true })
        if (wire.status === 'open') wire.post(frame)
      })
    },
    subscribe(topic, listener) {
      let listeners = topics.get(topic)
      if (listeners === undefined) {
        listeners = new Set()
        topics.set(topic, listeners)
        if (wire.status === 'open') post({ t: 'sub', topic })
      }
      // A closure of its own, so that the same function may subscribe twice and leave once.
      const own: Listener = (value) => listener(value)
      listeners.add(own)
      return () => {
        if (!listeners.delete(own) || listeners.size > 0) return
        topics.delete(topic)
        if (wire.status === 'open') post({ t: 'unsub', topic })
      }
    },
    onStatus: (listener) => wire.onStatus(listener),
    close: () => wire.close(),
  }
}

function abortReason(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason
  return reason instanceof Error ? reason : new DOMException('Aborted', 'AbortError')
}

/** Null for anything that is not a server frame: a page must survive whatever it is sent. */
function parseFrame(text: string): ServerFrame | null {
  try {
    const frame: unknown = JSON.parse(text)
    if (typeof frame !== 'object' || frame === null || !('t' in frame)) return null
    return frame.t === 'ok' || frame.t === 'err' || frame.t === 'ev' ? (frame as ServerFrame) : null
  } catch {
    return null
  }
}
