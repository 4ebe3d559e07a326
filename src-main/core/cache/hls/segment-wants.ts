import type { Clock } from '../../base/clock.ts'
import { deferred, type Deferred } from '../../base/control.ts'
import { SpoolError } from '../../spool-error.ts'
import type { HlsTiming } from './hls-timing.ts'
import { initSeq } from './segment-name.ts'

/** Stands for the playlist itself among what is waited for. */
export const playlistSeq = -2

/** A piece that somebody waits for. */
export interface Want {
  readonly seq: number
  /** Grows with every first request: who came last. */
  readonly order: number
  /** Not before this, by the monotonic clock. */
  notBeforeMs: number
  /** Why the last attempt at it brought nothing, when the server said so itself. */
  lastRefusal: SpoolError | null
  /** Sessions in a row that would not give it. */
  refusals: number
}

interface HeldWant extends Want {
  waiters: number
  readonly result: Deferred<Uint8Array>
  readonly release: () => void
}

/** Who does not ask again for so long has gone elsewhere; later it is another wait. */
const askAgainMs = 10_000

/**
 * Pieces that players wait for: one want per piece, however many wait. Each ends after the hold at the latest, for players to ask again; what
 * was waited for in this way for `giveUpMs` does not come.
 */
export class SegmentWants {
  readonly #clock: Clock
  readonly #timing: Pick<HlsTiming, 'holdMs' | 'giveUpMs'>
  readonly #onWait: () => Disposable
  readonly #onOrphaned: (seq: number) => void
  readonly #wants = new Map<number, HeldWant>()
  /** Waits that the hold broke off, by piece: since when, and until when it is the same wait if it is asked for again. */
  readonly #brokenOff = new Map<number, { readonly sinceMs: number; readonly untilMs: number }>()
  #order = 0

  /** `onWait`: a player begins to wait; disposed when it stopped. `onOrphaned`: nobody waits for a piece any more. */
  constructor(
    clock: Clock,
    timing: Pick<HlsTiming, 'holdMs' | 'giveUpMs'>,
    onWait: () => Disposable,
    onOrphaned: (seq: number) => void,
  ) {
    this.#clock = clock
    this.#timing = timing
    this.#onWait = onWait
    this.#onOrphaned = onOrphaned
  }

  get size(): number {
    return this.#wants.size
  }

  list(): readonly Want[] {
    return [...this.#wants.values()]
  }

  has(seq: number | null): boolean {
    return seq !== null && this.#wants.has(seq)
  }

  /** Waits for a piece. Rejects with the signal's reason, or with what {@link fail} is given. */
  wait(seq: number, signal: AbortSignal): Promise<Uint8Array> {
    signal.throwIfAborted()
    const want = this.#wants.get(seq) ?? this.#begin(seq)
    want.waiters += 1
    const mine = deferred<Uint8Array>()
    const onAbort = (): void => {
      want.waiters -= 1
      mine.reject(signal.reason)
      if (want.waiters === 0 && this.#end(want)) this.#onOrphaned(seq)
    }
    const stopListening = (): void => signal.removeEventListener('abort', onAbort)
    signal.addEventListener('abort', onAbort, { once: true })
    want.result.promise.finally(stopListening).then(
      (bytes) => mine.resolve(bytes),
      (error: unknown) => mine.reject(error),
    )
    return mine.promise
  }

  /** It came. */
  resolve(seq: number, bytes: Uint8Array): void {
    const want = this.#wants.get(seq)
    if (want !== undefined && this.#end(want)) want.result.resolve(bytes)
  }

  fail(seq: number, error: SpoolError): void {
    const want = this.#wants.get(seq)
    if (want !== undefined && this.#end(want)) want.result.reject(error)
  }

  failAll(error: SpoolError): void {
    for (const seq of [...this.#wants.keys()]) this.fail(seq, error)
  }

  #begin(seq: number): HeldWant {
    const waiting = this.#onWait()
    const sinceMs = this.#sinceMs(seq)
    const leftMs = sinceMs + this.#timing.giveUpMs - this.#clock.monotonicMs()
    const giveUp = this.#clock.after(Math.max(0, Math.min(this.#timing.holdMs, leftMs)), () => {
      // A server that says no for as long as anybody waits is not asked on behalf of the same wait again.
      if (want.lastRefusal !== null) return this.fail(seq, want.lastRefusal)
      if (leftMs <= this.#timing.holdMs) return this.fail(seq, new SpoolError('part-missing'))
      this.fail(seq, new SpoolError('source-unreachable', { detail: 'not ready yet', retryAfterSeconds: 2 }))
      this.#brokenOff.set(seq, { sinceMs, untilMs: this.#clock.monotonicMs() + askAgainMs })
    })
    const want: HeldWant = {
      seq,
      order: (this.#order += 1),
      notBeforeMs: Number.NEGATIVE_INFINITY,
      lastRefusal: null,
      refusals: 0,
      waiters: 0,
      result: deferred(),
      release: () => {
        giveUp[Symbol.dispose]()
        waiting[Symbol.dispose]()
      },
    }
    this.#wants.set(seq, want)
    return want
  }

  /** When the wait for a piece that is asked for now began. */
  #sinceMs(seq: number): number {
    const now = this.#clock.monotonicMs()
    for (const [each, { untilMs }] of this.#brokenOff) if (untilMs < now) this.#brokenOff.delete(each)
    const sinceMs = this.#brokenOff.get(seq)?.sinceMs ?? now
    this.#brokenOff.delete(seq)
    return sinceMs
  }

  /** False when it had ended before. */
  #end(want: HeldWant): boolean {
    if (this.#wants.get(want.seq) !== want) return false
    this.#wants.delete(want.seq)
    want.release()
    return true
  }
}

/**
 * What to fetch next of what may be fetched now: the playlist and the initialisation part before all, then what the encoder is
 * about to make, in order, then the latest wish: a player that seeks wants where it went last. Null when all must wait.
 */
export function pickWant<W extends Pick<Want, 'seq' | 'order' | 'notBeforeMs'>>(
  wants: readonly W[],
  nowMs: number,
  isNear: (seq: number) => boolean,
): W | null {
  const rank = ({ seq }: W): number => (seq <= initSeq ? 0 : isNear(seq) ? 1 : 2)
  return wants
    .filter(({ notBeforeMs }) => notBeforeMs <= nowMs)
    .reduce<W | null>((best, want) => {
      if (best === null) return want
      if (rank(want) !== rank(best)) return rank(want) < rank(best) ? want : best
      const isFirst = rank(want) === 2 ? want.order > best.order : want.seq < best.seq
      return isFirst ? want : best
    }, null)
}
