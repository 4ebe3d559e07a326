import { SpoolError, toSpoolError } from '../../spool-error.ts'
import type { EntryContext } from '../entry-resource.ts'
import type { ByteReader } from '../handle.ts'
import type { FilePlan } from '../upstream.ts'
import { judgeReply, type Known } from './reply.ts'

/** A source that says nothing for so long has gone. */
const silenceMs = 30_000

/**
 * A file from its beginning whose size nobody tells: one request, handed on as it comes and not kept, as nobody could say when it is whole. A
 * connection that breaks cannot be taken up again, so its reader is told.
 */
export class SizelessReader implements ByteReader {
  readonly #context: EntryContext
  readonly #known: Known
  readonly #abort = new AbortController()
  readonly #signal: AbortSignal
  #body: AsyncIterator<Uint8Array> | null = null
  #discard: () => void = () => undefined

  constructor(context: EntryContext, known: Known, signal: AbortSignal) {
    this.#context = context
    this.#known = known
    this.#signal = AbortSignal.any([signal, this.#abort.signal])
    this.#signal.addEventListener('abort', () => this.#discard(), { once: true })
  }

  async read(): Promise<Uint8Array | null> {
    const { meter, clock } = this.#context
    using _silence = clock.after(silenceMs, () => this.#abort.abort(new SpoolError('source-unreachable')))
    try {
      this.#signal.throwIfAborted()
      this.#body ??= await this.#open()
      for (;;) {
        const next = await this.#body.next()
        this.#signal.throwIfAborted()
        if (next.done === true) return null
        if (next.value.length === 0) continue
        meter.fetched(next.value.length)
        meter.served('passed-through', next.value.length)
        return next.value
      }
    } catch (thrown) {
      const error = this.#errorOf(thrown)
      this.cancel()
      throw error
    }
  }

  cancel(): void {
    this.#abort.abort(new SpoolError('cancelled'))
  }

  async #open(): Promise<AsyncIterator<Uint8Array>> {
    const { upstream, key, plan, meter } = this.#context
    const asked = { start: 0, end: null, ifRange: null }
    const reply = await upstream.fetchBytes(key, plan as FilePlan, asked, this.#signal)
    this.#discard = () => reply.discard()
    const { action } = judgeReply(reply, asked, this.#known)
    meter.oddReply('sizeless')
    if (action === 'sizeless' || action === 'accept') return reply.body[Symbol.asyncIterator]()
    throw new SpoolError('bad-reply', { detail: `size unknown, then ${action}` })
  }

  #errorOf(thrown: unknown): SpoolError {
    const reason: unknown = this.#signal.aborted ? this.#signal.reason : thrown
    if (reason instanceof SpoolError) return reason
    return this.#signal.aborted
      ? new SpoolError('cancelled')
      : new SpoolError('source-unreachable', { cause: toSpoolError(reason) })
  }
}
