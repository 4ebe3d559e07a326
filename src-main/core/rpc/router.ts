import { randomUUID } from 'node:crypto'
import type { ErrorPayload } from '../../../src-preload/contract/index.ts'
import { badParams } from '../bad-params.ts'
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../ports.ts'
import { SpoolError, toSpoolError } from '../spool-error.ts'
import type { MethodEntry, MethodTable } from './method-table.ts'
import type { TopicSources } from './topic-sources.ts'
import { serveWire } from './wire-session.ts'
import type { Wire } from './wire.ts'

/** What a call comes to, in the shape `POST /rpc` sends it. */
export type CallOutcome =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: ErrorPayload }

export interface Router {
  /** Checks and answers one call. Never rejects. */
  call(method: unknown, params: unknown, signal: AbortSignal, callerId?: string): Promise<CallOutcome>
  /** Serves one page until its wire closes or the result is disposed. */
  connect(wire: Wire): Disposable
  /** Wires being served, for tests and for closing. */
  readonly wireCount: number
}

export interface RouterOptions {
  readonly methods: MethodTable
  readonly topics: TopicSources
  readonly clock: Clock
  readonly logger: Logger
  /** A page's wire is gone: what belonged to it ends. */
  onWireClosed?(callerId: string): void
}

/** The choke point between the outside and the services: nothing gets past it unchecked, and no error gets out as itself. */
export function createRouter(options: RouterOptions): Router {
  const { methods, topics, clock, logger } = options
  const wires = new Set<Disposable>()

  const answer = async (
    method: string,
    params: unknown,
    signal: AbortSignal,
    callerId: string | null,
  ): Promise<unknown> => {
    if (!Object.hasOwn(methods, method)) throw new SpoolError('unknown-method', { detail: shown(method) })
    // The table is typed method by method; what came from outside is only known to be one of its keys.
    const entry = methods[method as keyof MethodTable] as unknown as MethodEntry<never>
    const parsed = entry.schema.safeParse(params ?? {})
    if (!parsed.success) throw badParams(parsed.error)
    signal.throwIfAborted()
    return entry.handle(parsed.data, signal, callerId)
  }

  const call: Router['call'] = async (method, params, signal, callerId) => {
    try {
      if (typeof method !== 'string')
        throw new SpoolError('bad-params', { detail: 'method: a name is needed' })
      return { ok: true, value: await answer(method, params, signal, callerId ?? null) }
    } catch (thrown) {
      const error = signal.aborted ? new SpoolError('cancelled') : toSpoolError(thrown)
      if (error.code === 'internal') logger.error('rpc.failed', { method, cause: describeCause(thrown) })
      return { ok: false, error: error.toPayload() }
    }
  }

  return {
    call,
    connect(wire) {
      const callerId = randomUUID()
      const session = serveWire(wire, {
        call: (method, params, signal) => call(method, params, signal, callerId),
        topics,
        clock,
        onEnd() {
          wires.delete(session)
          options.onWireClosed?.(callerId)
        },
      })
      wires.add(session)
      return session
    },
    get wireCount() {
      return wires.size
    },
  }
}

const shown = (name: string): string => JSON.stringify(name.slice(0, 80))

const describeCause = (thrown: unknown): string => {
  const cause = thrown instanceof SpoolError && thrown.cause !== undefined ? thrown.cause : thrown
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
}
