import type { Clock } from '../../base/clock.ts'

/** What the link to a source gives when something is asked of it. */
export interface LinkEstimate {
  readonly kbps: number
  /** Since bytes last came, ms. */
  readonly ageMs: number
}

/** Half of what an average knows is younger than this, in ms of reading. The lower of two: one sees a fall at once, the other a rise late. */
const halfLivesMs = [1500, 6000] as const
/** Reading time before there is anything to say. */
const enoughMs = 40
/** What came while nobody read stands in buffers and says nothing of the link: after so long a break that is possible. */
const breakMs = 60
/** A wait this long shows that buffers are empty. */
const emptyMs = 4
/** More than this stands in no buffer. */
const bufferedBytes = 4 * 1024 * 1024
/** Silence in the middle of a reply is news after this. */
const silenceMs = 700
/** Half of what is known of preparing is about younger pieces than this, in ms of what they play. */
const preparingMs = 6000

/** Bits by the time they took, the older the less. */
class Average {
  readonly #halfLifeMs: number
  #bits = 0
  #ms = 0

  constructor(halfLifeMs: number) {
    this.#halfLifeMs = halfLifeMs
  }

  add(bits: number, ms: number): void {
    const keep = 0.5 ** (ms / this.#halfLifeMs)
    this.#bits = this.#bits * keep + bits
    this.#ms = this.#ms * keep + ms
  }

  /** Bits a millisecond are kbit/s. `silentMs`: nothing came for so long now. */
  kbps(silentMs: number): number {
    return (this.#bits * 0.5 ** (silentMs / this.#halfLifeMs)) / (this.#ms + silentMs)
  }

  get ms(): number {
    return this.#ms
  }
}

/** One reply's body, told by whoever reads it. */
export interface BodyMeter {
  /** Asks for the next piece. */
  asked(): void
  came(bytes: number): void
  /** No more will be asked. */
  ended(): void
}

/**
 * Measures one source's link, over all that is read from it together: bytes, by the time in which somebody waited for them. The time in which
 * the server prepares a reply is not the link's, time in which nobody reads is nobody's, and bytes from the cache never come by here.
 */
export class LinkMeter {
  readonly #clock: Clock
  readonly #averages = halfLivesMs.map((halfLifeMs) => new Average(halfLifeMs))
  /** Since when each reply that stands in the middle is waited for. */
  readonly #waiting = new Map<BodyMeter, number>()
  /** Until then time is counted: replies that come side by side share it. */
  #countedTo = Number.NEGATIVE_INFINITY
  #lastByteAt = 0
  readonly #unprepared = new Set<{ readonly askedAt: number; readonly playsMs: number }>()
  #preparingMs = 0
  #preparedMs = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Null until enough was read. Falls while a reply stands still. */
  get estimate(): LinkEstimate | null {
    if (this.#averages.some(({ ms }) => ms < enoughMs)) return null
    const now = this.#clock.monotonicMs()
    const since = Math.min(
      ...[...this.#waiting.values()].map((askedAt) => Math.max(askedAt, this.#countedTo)),
    )
    const silentMs = now - since > silenceMs ? now - since : 0
    const kbps = Math.min(...this.#averages.map((average) => average.kbps(silentMs)))
    return { kbps: Math.round(kbps), ageMs: silentMs > 0 ? 0 : Math.round(now - this.#lastByteAt) }
  }

  /**
   * How long the server lately took to prepare a second of what plays, in seconds: above 1, whoever watches has to wait for it. Null when it
   * prepared nothing.
   */
  get preparingPace(): number | null {
    if (this.#preparedMs === 0 && this.#unprepared.size === 0) return null
    const now = this.#clock.monotonicMs()
    const waitedMs = Math.max(0, ...[...this.#unprepared].map(({ askedAt }) => now - askedAt))
    const pendingMs = Math.max(0, ...[...this.#unprepared].map(({ playsMs }) => playsMs))
    // What is under way counts once it has taken longer than a piece like it may.
    const isLate = waitedMs > pendingMs
    const playsMs = this.#preparedMs + (isLate ? pendingMs : 0)
    return playsMs === 0 ? null : (this.#preparingMs + (isLate ? waitedMs : 0)) / playsMs
  }

  /** A piece of `playsMs` that the server has to prepare was asked for; call the result when its reply begins, or does not. */
  preparing(playsMs: number): (hasBegun: boolean) => void {
    const wait = { askedAt: this.#clock.monotonicMs(), playsMs }
    this.#unprepared.add(wait)
    return (hasBegun) => {
      if (!this.#unprepared.delete(wait) || !hasBegun) return
      const keep = 0.5 ** (playsMs / preparingMs)
      this.#preparingMs = this.#preparingMs * keep + this.#clock.monotonicMs() - wait.askedAt
      this.#preparedMs = this.#preparedMs * keep + playsMs
    }
  }

  body(): BodyMeter {
    let cameAt: number | null = null
    let askedAt = 0
    /** Bytes that may have stood in a buffer; null once buffers are known to be empty. */
    let doubtful: number | null = null
    const meter: BodyMeter = {
      asked: () => {
        askedAt = this.#clock.monotonicMs()
        if (cameAt === null) return
        if (askedAt - cameAt > breakMs) doubtful = 0
        this.#waiting.set(meter, askedAt)
      },
      came: (bytes) => {
        const isFirst = cameAt === null
        cameAt = this.#clock.monotonicMs()
        this.#waiting.delete(meter)
        // The first piece came with the head of the reply: nobody knows how long it was on its way.
        if (isFirst) return
        if (doubtful !== null) {
          doubtful += bytes
          const isEmptied = cameAt - askedAt >= emptyMs || doubtful > bufferedBytes
          if (isEmptied) doubtful = null
          return
        }
        this.#count(bytes, askedAt, cameAt)
      },
      ended: () => void this.#waiting.delete(meter),
    }
    return meter
  }

  #count(bytes: number, askedAt: number, cameAt: number): void {
    const ms = Math.max(0, cameAt - Math.max(askedAt, this.#countedTo))
    this.#countedTo = cameAt
    this.#lastByteAt = cameAt
    for (const average of this.#averages) average.add(bytes * 8, ms)
  }
}
