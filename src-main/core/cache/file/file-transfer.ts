import { isAbort } from '../../base/control.ts'
import { SpoolError } from '../../spool-error.ts'
import type { EntryContext } from '../entry-resource.ts'
import type { FilePlan } from '../upstream.ts'
import { judgeReply } from './reply.ts'

/** How one request ended. */
export type TransferOutcome =
  /** All that was asked for came, or what follows is here already. */
  | { readonly ended: 'done' }
  /** Broken off by ourselves. */
  | { readonly ended: 'aborted' }
  | { readonly ended: 'retry'; readonly error: SpoolError; readonly afterMs: number | null }
  | { readonly ended: 'failed'; readonly error: SpoolError }
  | { readonly ended: 'changed'; readonly total: number | null; readonly detail: string }

/** What the fetcher lets a transfer do at a moment: read on, read on as the background gate allows, or hold still. */
export type Permit = 'go' | 'gate' | 'hold'

export interface TransferOwner {
  readonly knownTotal: number | null
  adoptTotal(total: number): void
  /** Answers false when what follows is here already. */
  arrived(transfer: FileTransfer, start: number, data: Uint8Array): boolean
  permit(transfer: FileTransfer): Permit
  /** Null when there is room for more or it is no use asking. */
  prepareRoom(): Promise<void> | null
}

/** One request to the source, from `offset` on. It reads on only while its owner permits, which is all the pressure the source feels. */
export class FileTransfer {
  readonly #context: EntryContext
  readonly #owner: TransferOwner
  readonly #abort = new AbortController()
  readonly #end: number | null
  readonly #start: number
  #offset: number
  /** When we began to wait for the source; null while we are the ones who hold still. */
  #waitingSince: number | null = null
  #holdingSince: number | null = null
  #replyMs: number | null = null
  #bodySince: number | null = null
  #kick = Promise.withResolvers<void>()
  #stallReason: string | null = null

  /** @param end null: to the end of the file */
  constructor(context: EntryContext, owner: TransferOwner, start: number, end: number | null) {
    this.#context = context
    this.#owner = owner
    this.#start = start
    this.#offset = start
    this.#end = end
  }

  get offset(): number {
    return this.#offset
  }

  get end(): number {
    return this.#end ?? this.#owner.knownTotal ?? Number.POSITIVE_INFINITY
  }

  get hasReply(): boolean {
    return this.#replyMs !== null
  }

  /** From the request to the head of the reply; null until it came. */
  get replyMs(): number | null {
    return this.#replyMs
  }

  /** Of the reply so far; null before it. */
  get bytesPerSecond(): number | null {
    if (this.#bodySince === null) return null
    const elapsedMs = this.#context.clock.monotonicMs() - this.#bodySince
    return ((this.#offset - this.#start) / Math.max(1, elapsedMs)) * 1000
  }

  get waitingSince(): number | null {
    return this.#waitingSince
  }

  get holdingSince(): number | null {
    return this.#holdingSince
  }

  /** Closes the connection. `stallReason`: the source went silent, which is a failure of its own and not our wish. */
  abort(stallReason: string | null = null): void {
    if (this.#abort.signal.aborted) return
    this.#stallReason = stallReason
    this.#abort.abort()
    this.kick()
  }

  /** What the owner permits may have changed: look again. */
  kick(): void {
    this.#kick.resolve()
    this.#kick = Promise.withResolvers<void>()
  }

  /** Never rejects. */
  async run(): Promise<TransferOutcome> {
    try {
      return await this.#fetch()
    } catch (error) {
      if (this.#abort.signal.aborted) {
        if (this.#stallReason === null) return { ended: 'aborted' }
        return this.#retry(this.#stallReason, null)
      }
      if (error instanceof SpoolError && error.code !== 'source-unreachable' && error.code !== 'cancelled')
        return { ended: 'failed', error }
      if (error instanceof SpoolError) return { ended: 'retry', error, afterMs: null }
      return this.#retry(isAbort(error) ? 'connection closed' : 'connection lost', null, error)
    } finally {
      this.#abort.abort()
    }
  }

  async #fetch(): Promise<TransferOutcome> {
    const { upstream, key, plan, clock, meter } = this.#context
    const signal = this.#abort.signal
    await this.#untilPermitted(0)
    const asked = { start: this.#offset, end: this.#end }
    this.#waitingSince = clock.monotonicMs()
    const reply = await upstream.fetchBytes(key, plan as FilePlan, asked, signal)
    this.#replyMs = clock.monotonicMs() - this.#waitingSince
    const verdict = judgeReply(reply, asked, this.#owner.knownTotal)
    if (verdict.action !== 'accept') {
      reply.discard()
      if (verdict.action === 'retry') {
        const error = new SpoolError('source-busy', { detail: verdict.detail })
        return { ended: 'retry', error, afterMs: verdict.afterMs }
      }
      if (verdict.action === 'changed')
        return { ended: 'changed', total: verdict.total, detail: verdict.detail }
      return { ended: 'failed', error: new SpoolError(verdict.code, { detail: verdict.detail }) }
    }
    this.#owner.adoptTotal(verdict.total)
    try {
      this.#waitingSince = clock.monotonicMs()
      this.#bodySince = this.#waitingSince
      for await (const data of reply.body) {
        this.#waitingSince = null
        signal.throwIfAborted()
        meter.fetched(data.length)
        const start = this.#offset
        // Whatever comes beyond the announced end is not part of this file.
        const piece = data.length > verdict.end - start ? data.subarray(0, verdict.end - start) : data
        this.#offset += piece.length
        const goesOn = piece.length === 0 || this.#owner.arrived(this, start, piece)
        if (piece.length < data.length || (!goesOn && this.#offset < verdict.end)) return { ended: 'done' }
        await this.#untilPermitted(piece.length)
        this.#waitingSince = clock.monotonicMs()
      }
    } finally {
      this.#waitingSince = null
      // Closes the connection unless the body was read to its end.
      reply.discard()
    }
    signal.throwIfAborted()
    return this.#offset < verdict.end ? this.#retry('the reply was cut short', null) : { ended: 'done' }
  }

  /** Holds still until the owner says go on; `bytes` are what just came, which a download pays for. */
  async #untilPermitted(bytes: number): Promise<void> {
    const { background, clock } = this.#context
    const signal = this.#abort.signal
    // At the end there is nothing to hold back: read the end of the reply, so that the connection can be used again.
    if (this.#offset >= this.end) return
    for (;;) {
      signal.throwIfAborted()
      const permit = this.#owner.permit(this)
      if (permit === 'go') break
      if (permit === 'gate' && background.tryPass(bytes)) break
      this.#holdingSince ??= clock.monotonicMs()
      if (permit === 'hold') await this.#kick.promise
      else if (await this.#passGate(bytes)) break
    }
    this.#holdingSince = null
    const room = this.#owner.prepareRoom()
    if (room !== null) await room
    signal.throwIfAborted()
  }

  /** False when kicked first: perhaps a player waits for this now, and need not queue at the gate. */
  async #passGate(bytes: number): Promise<boolean> {
    const kicked = new AbortController()
    const passed = this.#context.background.pass(bytes, kicked.signal).then(
      () => true,
      () => false,
    )
    const result = await Promise.race([passed, this.#kick.promise.then(() => false)])
    kicked.abort()
    return result
  }

  #retry(detail: string, afterMs: number | null, cause?: unknown): TransferOutcome {
    return {
      ended: 'retry',
      error: new SpoolError('source-unreachable', { detail, ...(cause === undefined ? {} : { cause }) }),
      afterMs,
    }
  }
}
