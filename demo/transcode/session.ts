import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { CataloguePart } from '../library/catalogue-types.ts'
import type { EncodePlan } from './encode-plan.ts'
import { encoderArguments, segmentFileName } from './encoder-arguments.ts'
import { startEncoder, type Encoder } from './encoder.ts'
import { answerSegment, oldestToKeep, shouldEncode, type Head } from './head.ts'
import type { Oddities } from './oddities.ts'
import { ReleaseGate } from './release-gate.ts'
import type { TranscodeRequest } from './request.ts'
import type { Watchdog } from './watchdog.ts'

/** What a session is made from; fixed for its life. */
export interface SessionSource {
  readonly request: TranscodeRequest
  readonly plan: EncodePlan
  readonly part: CataloguePart
  readonly inputPath: string
  readonly burnedSubtitlePath: string | null
  readonly font: string | null
}

interface Run {
  readonly encoder: Encoder
  readonly folder: string
  readonly gate: ReleaseGate
  head: Head
  hasEnded: boolean
  readonly startedAt: number
}

/** How long a start of the encoder took until its first segment could be had. */
export interface StartReport {
  readonly session: string
  readonly segment: number
  readonly ms: number
}

/** A request for a segment waits this long (`SegmentedTranscoderTimeout`), then it is a 404. */
export const SEGMENT_TIMEOUT_MS = 20_000

/** A transcode that clients read: one encoder at most, started where it is asked for and moved by far requests. */
export class TranscodeSession implements Disposable {
  readonly source: SessionSource
  readonly oddities: Oddities
  #lastUsedAt = performance.now()
  readonly #onStarted: (report: StartReport) => void
  readonly #folder: string
  readonly #watchdog: Watchdog
  readonly #waiting = new Map<() => void, number>()
  #run: Run | null = null
  #runs = 0
  #fetchedS: number
  #timelineS: number
  #isDisposed = false
  #encoderSpeed: number | null

  constructor(
    source: SessionSource,
    folder: string,
    watchdog: Watchdog,
    encoderSpeed: number | null,
    oddities: Oddities,
    onStarted: (report: StartReport) => void,
  ) {
    this.#onStarted = onStarted
    this.source = source
    this.oddities = oddities
    this.#folder = folder
    this.#watchdog = watchdog
    this.#encoderSpeed = encoderSpeed
    this.#fetchedS = source.request.offsetS
    this.#timelineS = source.request.offsetS
  }

  /** Starts encoding at the session's offset, before anybody asks for a segment. */
  start(): void {
    const { plan, request } = this.source
    this.#restart(Math.min(plan.segmentCount - 1, Math.floor(request.offsetS / plan.segmentSeconds)))
  }

  /** What `/demo/counters` and `/transcode/sessions` show. */
  get state() {
    const head = this.#run?.head ?? null
    return {
      pid: this.#run && !this.#run.hasEnded ? this.#run.encoder.pid : null,
      headSegment: head ? this.#released(this.#run!) : 0,
      firstSegment: head?.oldestSegment ?? 0,
      isResting: this.#run?.encoder.isResting ?? false,
      isComplete: head !== null && head.nextSegment >= this.source.plan.segmentCount,
    }
  }

  /** The file of a segment, once it is whole; null when it cannot be had in time or the session ends. */
  async segmentPath(index: number, signal: AbortSignal): Promise<string | null> {
    this.touch()
    const { plan } = this.source
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(SEGMENT_TIMEOUT_MS)])
    for (;;) {
      if (this.#isDisposed) return null
      const answer = answerSegment(index, plan.segmentCount, this.#visibleHead())
      if (answer === 'missing') return null
      if (answer === 'restart') this.#restart(index)
      this.#fetchedS = index * plan.segmentSeconds
      if (answer === 'serve') return join(this.#run!.folder, segmentFileName(index))
      if (deadline.aborted) return null
      await this.#nextChange(index, deadline)
    }
  }

  /** Notes where the player is. */
  playedTo(positionS: number): void {
    this.#timelineS = positionS
    this.#pace()
  }

  /** How long nobody has wanted anything, ms. Whoever waits for a segment wants it all the while. */
  get idleMs(): number {
    return this.#waiting.size > 0 ? 0 : performance.now() - this.#lastUsedAt
  }

  /** Notes a sign of life. */
  touch(): void {
    this.#lastUsedAt = performance.now()
  }

  /** Called several times a second: throttles, paces and prunes. `encoderSpeed` is a multiple of real time or null. */
  tick(elapsedS: number, encoderSpeed: number | null): void {
    this.#encoderSpeed = encoderSpeed
    const run = this.#run
    if (!run) return
    if (!run.encoder.isResting || run.gate.isHolding) run.gate.advance(elapsedS, encoderSpeed)
    run.gate.written(run.head.nextSegment)
    this.#pace()
    this.#prune(run)
    this.#wake()
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true
    this.#run?.encoder[Symbol.dispose]()
    this.#run = null
    this.#wake()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #restart(firstSegment: number): void {
    const { plan, part, inputPath, burnedSubtitlePath, font } = this.source
    if (this.#run) {
      this.#run.encoder[Symbol.dispose]()
      rmSync(this.#run.folder, { recursive: true, force: true })
    }
    const outputFolder = join(this.#folder, `run-${this.#runs++}`)
    mkdirSync(outputFolder, { recursive: true })
    const { oddities } = this
    const job = { part, inputPath, plan, firstSegment, outputFolder, burnedSubtitlePath, font, oddities }
    const run: Run = {
      folder: outputFolder,
      gate: new ReleaseGate(firstSegment, plan.segmentSeconds, this.#encoderSpeed !== null),
      head: { firstSegment, oldestSegment: firstSegment, nextSegment: firstSegment },
      hasEnded: false,
      startedAt: performance.now(),
      encoder: startEncoder(encoderArguments(job), this.#watchdog, {
        segmentFinished: (index) => this.#written(run, index + 1),
        ended: (complaint) => this.#ended(run, complaint),
      }),
    }
    this.#run = run
    // A request elsewhere is a seek: both positions the throttle looks at move with it.
    this.#fetchedS = this.#timelineS = firstSegment * plan.segmentSeconds
  }

  #written(run: Run, nextSegment: number): void {
    const { firstSegment } = run.head
    if (run.head.nextSegment === firstSegment && nextSegment > firstSegment)
      this.#onStarted({
        session: this.source.request.session,
        segment: firstSegment,
        ms: Math.round(performance.now() - run.startedAt),
      })
    run.head = { ...run.head, nextSegment }
    run.gate.written(nextSegment)
    this.#pace()
    this.#wake()
  }

  #ended(run: Run, complaint: string | null): void {
    run.hasEnded = true
    if (complaint === null) return this.#written(run, this.source.plan.segmentCount)
    console.error(`session ${this.source.request.session}: ${complaint}`)
    if (this.#run === run) this.#run = null
  }

  #released(run: Run): number {
    return run.gate.released(run.head.nextSegment)
  }

  #visibleHead(): Head | null {
    return this.#run && { ...this.#run.head, nextSegment: this.#released(this.#run) }
  }

  #pace(): void {
    const run = this.#run
    if (!run || run.hasEnded) return
    const awaitedSegment = this.#waiting.size > 0 ? Math.max(...this.#waiting.values()) : null
    const demand = {
      segmentSeconds: this.source.plan.segmentSeconds,
      fetchedS: this.#fetchedS,
      timelineS: this.#timelineS,
      awaitedSegment,
    }
    const isWanted = shouldEncode(run.head.nextSegment, demand)
    run.encoder.rest(!isWanted || run.gate.isHolding)
  }

  #prune(run: Run): void {
    const oldestSegment = oldestToKeep(run.head, this.source.plan.segmentSeconds)
    for (let index = run.head.oldestSegment; index < oldestSegment; index++) {
      rmSync(join(run.folder, segmentFileName(index)), { force: true })
    }
    run.head = { ...run.head, oldestSegment }
  }

  #nextChange(index: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#waiting.delete(done)
        this.touch()
        signal.removeEventListener('abort', done)
        resolve()
      }
      this.#waiting.set(done, index)
      signal.addEventListener('abort', done)
      this.#pace()
    })
  }

  #wake(): void {
    for (const done of [...this.#waiting.keys()]) done()
  }
}
