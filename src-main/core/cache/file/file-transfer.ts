import type { EntryContext } from '../entry-resource.ts'
import type { LinkFlow } from '../schedule/link-meter.ts'
import { isBackground, priority, type Priority } from '../schedule/priority.ts'
import type { SlotUser } from '../schedule/slot-keeper.ts'
import type { ByteRequest, FilePlan, UpstreamReply } from '../upstream.ts'
import type { Urgency } from './fetch-reach.ts'
import { judgeReply, type AcceptedReply, type Known } from './reply.ts'
import { oddityOf, outcomeOfError, rejected, retry, type TransferOutcome } from './transfer-outcome.ts'

/** What the fetcher lets a transfer do at a moment: read on, read on as the background gate allows, or hold still. */
export type Permit = 'go' | 'gate' | 'hold'

export interface TransferOwner {
  readonly known: Known
  readonly knownTotal: number | null
  /** For the next request. */
  readonly ifRange: string | null
  accepted(transfer: FileTransfer, reply: AcceptedReply): void
  /** Answers false when what follows is here already. */
  arrived(transfer: FileTransfer, start: number, data: Uint8Array): boolean
  permit(transfer: FileTransfer): Permit
  urgencyOf(transfer: FileTransfer): Urgency
  /** Null when there is room for more, or it is no use waiting for it; else look again when it resolves. */
  prepareRoom(isImpatient: boolean): Promise<void> | null
}

/** Readers take a piece and come back: in between they wait for nothing. */
const awaitedMs = 1_000

/** The bytes of one request. */
export interface TransferSpan {
  readonly start: number
  /** Null: to the end of the file. */
  readonly end: number | null
  /** What it is made for; beyond `start` only of a source that knows no ranges. */
  readonly wantedAt: number
}

/** One request to the source, from `offset` on. It reads on only while its owner permits, which is all the pressure the source feels. */
export class FileTransfer implements SlotUser {
  readonly span: TransferSpan
  readonly #context: EntryContext
  readonly #owner: TransferOwner
  readonly #abort = new AbortController()
  #offset: number
  /** Where it last brought something new; null before it did. */
  #broughtUntil: number | null = null
  #askedAt = Number.POSITIVE_INFINITY
  /** Where the reply says that it ends. */
  #replyEnd = Number.POSITIVE_INFINITY
  /** The source sends the whole file, whatever was asked for: there is no other way to come by the rest. */
  #wholeEnd: number | null = null
  #isConditional = false
  /** When we began to wait for the source; null while we are the ones who hold still. */
  #waitingSince: number | null = null
  #holdingSince: number | null = null
  #awaitedAt = Number.NEGATIVE_INFINITY
  #replyMs: number | null = null
  #bodySince: number | null = null
  #kick = Promise.withResolvers<void>()
  #stallReason: string | null = null
  /** Held while this brings what a player will need. */
  #foreground: Disposable | null = null
  readonly #flow: LinkFlow

  constructor(context: EntryContext, owner: TransferOwner, span: TransferSpan) {
    this.#context = context
    this.#owner = owner
    this.span = span
    this.#offset = span.start
    this.#flow = context.link.flow()
  }

  get priority(): Priority {
    return this.#owner.urgencyOf(this).priority
  }

  get neededAtMs(): number {
    return this.#owner.urgencyOf(this).neededAtMs
  }

  get offset(): number {
    return this.#offset
  }

  get end(): number {
    return this.#wholeEnd ?? this.span.end ?? this.#owner.knownTotal ?? Number.POSITIVE_INFINITY
  }

  /** The position that did not come: failures are about this. */
  get stalledAt(): number {
    return this.#broughtUntil ?? this.span.wantedAt
  }

  /** When the request was sent, on the monotonic clock; infinite before. */
  get askedAt(): number {
    return this.#askedAt
  }

  /** It was sent with `If-Range`. */
  get isConditional(): boolean {
    return this.#isConditional
  }

  get hasReply(): boolean {
    return this.#replyMs !== null
  }

  /** All that the reply announced has come; only its end has not. */
  get isFull(): boolean {
    return this.#offset >= this.#replyEnd
  }

  /** From the request to the head of the reply; null until it came. */
  get replyMs(): number | null {
    return this.#replyMs
  }

  /** Of the reply so far; null before it. */
  get bytesPerSecond(): number | null {
    if (this.#bodySince === null) return null
    const elapsedMs = this.#context.clock.monotonicMs() - this.#bodySince
    return ((this.#offset - this.span.start) / Math.max(1, elapsedMs)) * 1000
  }

  /** A reader waited for this one a moment ago. */
  get wasAwaited(): boolean {
    return this.#context.clock.monotonicMs() - this.#awaitedAt < awaitedMs
  }

  get waitingSince(): number | null {
    return this.#waitingSince
  }

  get holdingSince(): number | null {
    return this.#holdingSince
  }

  /** The owner's word: a reader that has nothing waits for this one. */
  noteAwaited(): void {
    this.#awaitedAt = this.#context.clock.monotonicMs()
  }

  /** The owner's word on what just arrived: there was something new in it. */
  noteNew(until: number): void {
    this.#broughtUntil = until
  }

  /** Closes the connection. `stallReason`: the source went silent, which is a failure of its own and not our wish. */
  abort(stallReason: string | null = null): void {
    if (this.#abort.signal.aborted) return
    this.#stallReason = stallReason
    this.#abort.abort()
    this.kick()
  }

  giveWay(): void {
    this.abort()
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
      const { isFull } = this
      return outcomeOfError(error, {
        isFull,
        isAborted: this.#abort.signal.aborted,
        stallReason: this.#stallReason,
      })
    } finally {
      this.#abort.abort()
      this.#setForeground(false)
    }
  }

  async #fetch(): Promise<TransferOutcome> {
    const { upstream, key, plan, clock, meter } = this.#context
    const signal = this.#abort.signal
    await this.#untilPermitted(0)
    const { start, end } = this.span
    const asked: ByteRequest = { start, end, ifRange: this.#owner.ifRange }
    this.#isConditional = asked.ifRange !== null
    this.#askedAt = clock.monotonicMs()
    this.#waitingSince = this.#askedAt
    const reply = await upstream.fetchBytes(key, plan as FilePlan, asked, signal)
    this.#replyMs = clock.monotonicMs() - this.#askedAt
    const verdict = judgeReply(reply, asked, this.#owner.known)
    if (verdict.action === 'accept') {
      if (verdict.end < Math.min(end ?? verdict.total, verdict.total)) meter.oddReply('partial')
      return await this.#read(reply, verdict)
    }
    meter.oddReply(oddityOf(verdict))
    reply.discard()
    return rejected(verdict)
  }

  async #read(reply: UpstreamReply, accepted: AcceptedReply): Promise<TransferOutcome> {
    const { clock, meter } = this.#context
    const signal = this.#abort.signal
    this.#owner.accepted(this, accepted)
    if (accepted.knowsRanges === false) this.#wholeEnd = accepted.total
    const end = this.#wholeEnd ?? accepted.end
    this.#replyEnd = end
    try {
      this.#waitingSince = clock.monotonicMs()
      this.#bodySince = this.#waitingSince
      for await (const data of reply.body) {
        this.#flow.piece(data.length, clock.monotonicMs() - (this.#waitingSince ?? clock.monotonicMs()))
        this.#waitingSince = null
        signal.throwIfAborted()
        meter.fetched(data.length)
        const start = this.#offset
        // Whatever comes beyond the announced end is not part of this file.
        const piece = data.length > end - start ? data.subarray(0, end - start) : data
        this.#offset += piece.length
        const goesOn = piece.length === 0 || this.#owner.arrived(this, start, piece)
        if (piece.length < data.length) {
          meter.oddReply('overlong')
          return { ended: 'done' }
        }
        if (!goesOn && !this.isFull) return { ended: 'done' }
        await this.#untilPermitted(piece.length)
        this.#waitingSince = clock.monotonicMs()
      }
    } finally {
      this.#waitingSince = null
      // Closes the connection unless the body was read to its end.
      reply.discard()
    }
    signal.throwIfAborted()
    if (this.isFull) return { ended: 'done' }
    meter.oddReply('short')
    return retry('the reply was cut short')
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
      this.#setForeground(permit === 'go' && !isBackground(this.priority))
      if (permit === 'go') break
      if (permit === 'gate' && background.tryPass(bytes, this.priority)) break
      this.#holdingSince ??= clock.monotonicMs()
      this.#flow.pause()
      if (permit === 'hold') await this.#kick.promise
      else if (await this.#passGate(bytes)) break
    }
    for (;;) {
      const room = this.#owner.prepareRoom(this.priority === priority.stalled)
      if (room === null) break
      this.#holdingSince ??= clock.monotonicMs()
      this.#flow.pause()
      // A player may begin to wait, or leave, while room is being made.
      await Promise.race([room, this.#kick.promise])
      signal.throwIfAborted()
    }
    this.#holdingSince = null
  }

  /** False when kicked first: perhaps a player waits for this now, and need not queue at the gate. */
  async #passGate(bytes: number): Promise<boolean> {
    const kicked = new AbortController()
    const passed = this.#context.background.pass(bytes, kicked.signal, this.priority).then(
      () => true,
      () => false,
    )
    const result = await Promise.race([passed, this.#kick.promise.then(() => false)])
    kicked.abort()
    return result
  }

  #setForeground(isForeground: boolean): void {
    if (isForeground) this.#foreground ??= this.#context.background.foregroundFetch()
    else {
      this.#foreground?.[Symbol.dispose]()
      this.#foreground = null
    }
  }
}
