import { join } from 'node:path'
import { NO_ODDITIES, type Oddities, type SegmentFault } from './oddities.ts'
import { TranscodeSession, type SessionSource, type StartReport } from './session.ts'
import { makeTemporaryFolder } from './temporary-folder.ts'
import { StartLimit } from './start-limit.ts'
import { startWatchdog, type Watchdog } from './watchdog.ts'

const TICK_MS = 50
const REMEMBERED_STARTS = 100

/** A decision that a `start` may refer to. */
export interface Decided {
  readonly rawQuery: string
  readonly source: SessionSource
}

/** All transcodes of the server, and the decisions they come from. */
export class TranscodeSessions implements Disposable {
  /** Set by `/demo/control`: a multiple of real time, null for as fast as the machine can. */
  encoderSpeed: number | null = null
  readonly #idleLimitS: number
  readonly #starts: StartReport[] = []
  readonly #startLimit = new StartLimit()
  #oddities = NO_ODDITIES
  readonly #faults = new Map<number, SegmentFault[]>()
  readonly #decisions = new Map<string, Decided>()
  readonly #sessions = new Map<string, TranscodeSession>()
  #folder: string | null = null
  #watchdog: Watchdog | null = null
  #count = 0
  readonly #timer: NodeJS.Timeout
  #tickedAt = performance.now()

  /** A session without requests or pings for `idleLimitS` seconds ends. */
  constructor(idleLimitS: number) {
    this.#idleLimitS = idleLimitS
    this.#timer = setInterval(() => this.#tick(), TICK_MS).unref()
  }

  /** Set by `/demo/control`, for sessions that start from now on; segment faults for all. */
  setOddities(oddities: Oddities): void {
    if (oddities === this.#oddities) return
    this.#oddities = oddities
    this.#faults.clear()
    for (const [index, faults] of Object.entries(oddities.segmentFaults))
      this.#faults.set(Number(index), [...faults])
  }

  /** What becomes of this request for a segment, once. */
  takeFault(index: number): SegmentFault | null {
    return this.#faults.get(index)?.shift() ?? null
  }

  /** Whether a decision or start is refused for the many before it. */
  isInAHurry(): boolean {
    return this.#startLimit.isRefused(this.#oddities.startLimit, performance.now())
  }

  decide(decided: Decided): void {
    this.#decisions.set(decided.source.request.session, decided)
  }

  decisionOf(session: string): Decided | null {
    return this.#decisions.get(session) ?? null
  }

  get(session: string): TranscodeSession | null {
    return this.#sessions.get(session) ?? null
  }

  /** The latest starts of encoders, oldest first. */
  get starts(): readonly StartReport[] {
    return this.#starts
  }

  get all(): TranscodeSession[] {
    return [...this.#sessions.values()]
  }

  /** Starts the decided transcode, ending any other of the same client; the same one goes on. */
  start(decided: Decided): TranscodeSession {
    const { request } = decided.source
    const running = this.#sessions.get(request.session)
    if (running?.source === decided.source) return running
    this.endClient(request.clientIdentifier)
    this.end(request.session)
    this.#folder ??= makeTemporaryFolder()
    this.#watchdog ??= startWatchdog(this.#folder)
    const folder = join(this.#folder, `${this.#count++}`)
    const session = new TranscodeSession(
      decided.source,
      folder,
      this.#watchdog,
      this.encoderSpeed,
      this.#oddities,
      (report) => {
        this.#starts.push(report)
        if (this.#starts.length > REMEMBERED_STARTS) this.#starts.shift()
      },
    )
    this.#sessions.set(request.session, session)
    session.start()
    return session
  }

  /** Ends a transcode and frees what it holds; false when there is none. */
  end(session: string): boolean {
    const running = this.#sessions.get(session)
    if (!running) return false
    this.#sessions.delete(session)
    running[Symbol.dispose]()
    return true
  }

  /** Ends a client's transcode: it may have only one, and none beside reading a file directly. */
  endClient(clientIdentifier: string): void {
    for (const [name, { source }] of this.#sessions) {
      if (source.request.clientIdentifier === clientIdentifier) this.end(name)
    }
  }

  endAll(): void {
    for (const name of [...this.#sessions.keys()]) this.end(name)
    this.#decisions.clear()
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
    this.endAll()
    this.#watchdog?.[Symbol.dispose]()
  }

  #tick(): void {
    const now = performance.now()
    const elapsedS = (now - this.#tickedAt) / 1000
    this.#tickedAt = now
    for (const [name, session] of this.#sessions) {
      if (session.idleMs > this.#idleLimitS * 1000) this.end(name)
      else session.tick(elapsedS, this.encoderSpeed)
    }
  }
}
