import { asQuality, type Quality } from '../../../../../src-preload/contract/index.ts'
import { ManualClock } from '../../../cache/test-support/manual-clock.ts'
import { LinkMeter } from '../../link/link-meter.ts'
import type { AutomaticState, Candidate, Decision, Observation } from '../observation.ts'
import { decide, initialState } from '../rules.ts'
import { kbpsAt, type LinkTrace } from './link-trace.ts'

export interface SimulatedQuality {
  readonly name: string
  readonly kbps: number
  /** How many times as fast as it plays the server converts it; null: it is the file itself. */
  readonly encoderSpeed: number | null
  /** Segments that are on this computer from the start. */
  readonly kept?: readonly (readonly [fromSegment: number, toSegment: number])[]
}

export interface Simulation {
  readonly trace: LinkTrace
  readonly qualities: readonly SimulatedQuality[]
  readonly start: string
  readonly isAutomatic: boolean
  readonly durationMs: number
  /** The server answers nothing in these times. */
  readonly off?: readonly (readonly [fromMs: number, toMs: number])[]
}

export interface Change {
  readonly atMs: number
  readonly from: string
  readonly to: string
  readonly decision: Decision
}

export interface Outcome {
  /** Times the picture stopped for want of data; waiting for the first picture is not one. */
  readonly stalls: number
  readonly stalledMs: number
  readonly changes: readonly Change[]
  /** Of what was shown. */
  readonly meanKbps: number
  readonly playedMs: number
  readonly log: readonly { readonly seen: Observation; readonly decision: Decision }[]
}

const stepMs = 50
const segmentMs = 3000
const bufferMs = 60_000
const replyMs = 60
/** From opening a session to its encoder's first picture. */
const encoderStartMs = 1500
/** What a switch wants of the new quality before it is shown. */
const switchSegments = 2
/** A way up that is not ready when so little is left of the old quality is given up. */
const giveUpMs = 10_000
/** The server's encoder rests so far ahead of the picture. */
const encoderAheadMs = 60_000

/**
 * A player on a link, in steps of 50 ms: segments of 3 s asked for one after another, 60 s of them held, an encoder that has to start and may be
 * slow, what came kept on disk, a change that plays on from the old quality until two segments of the new one are there. The link is measured
 * by the product's own meter, the rules are asked once a second and when the picture stops.
 */
export function simulate(given: Simulation): Outcome {
  const clock = new ManualClock()
  const startedAt = clock.monotonicMs()
  const now = (): number => clock.monotonicMs() - startedAt
  const meter = new LinkMeter(clock)
  const segments = Math.ceil(given.durationMs / segmentMs)
  const tracks = given.qualities.map((quality) => new Track(quality, segments))
  const trackOf = (name: string): Track => {
    const track = tracks.find((one) => one.name === name)
    if (track === undefined) throw new Error(`no quality is called ${name}`)
    return track
  }

  let playing = trackOf(given.start)
  let next: { readonly track: Track; readonly isUp: boolean } | null = null
  let fetching: Fetch | null = null
  let encoder: { readonly track: Track; readonly sinceMs: number; readonly first: number } | null = null
  let positionMs = 0
  let hasBegun = false
  let isStanding = true
  let state: AutomaticState = initialState
  let askedAtMs = 0
  let stalls = 0
  let stalledMs = 0
  let shown = 0
  const changes: Change[] = []
  const log: { seen: Observation; decision: Decision }[] = []

  const isOff = (): boolean => given.off?.some(([from, to]) => now() >= from && now() < to) ?? false
  const segmentAt = (ms: number): number => Math.floor(ms / segmentMs)
  const aheadOf = (track: Track): number => track.heldTo(positionMs) - positionMs

  const fetch = (): void => {
    const track = next?.track ?? playing
    if (fetching !== null && (fetching.track !== track || isOff())) {
      fetching.begun?.(false)
      fetching.body.ended()
      fetching = null
    }
    if (isOff()) return
    if (fetching === null) {
      const want = track.firstMissing(segmentAt(positionMs))
      if (want === null || want * segmentMs - positionMs > bufferMs) return
      const isConverted = track.quality.encoderSpeed !== null
      if (isConverted && (encoder?.track !== track || want < encoder.first))
        encoder = { track, sinceMs: now(), first: want }
      fetching = {
        track,
        segment: want,
        askedMs: now(),
        headMs: null,
        bits: 0,
        body: meter.body(),
        begun: isConverted ? meter.preparing(segmentMs) : null,
      }
    }
    const { track: of, segment, askedMs, body } = fetching
    const sizeBits = of.quality.kbps * segmentMs
    if (fetching.headMs === null) {
      const speed = of.quality.encoderSpeed
      const readyMs =
        speed === null || encoder === null
          ? askedMs
          : encoder.sinceMs + encoderStartMs + ((segment - encoder.first + 1) * segmentMs) / speed
      const isNear = segment * segmentMs - positionMs <= encoderAheadMs
      if (now() < Math.max(askedMs, readyMs) + replyMs || !isNear) return
      fetching.headMs = now() - askedMs
      fetching.begun?.(true)
      body.asked()
      body.came(1)
      body.asked()
    }
    const came = kbpsAt(given.trace, now()) * stepMs
    if (came <= 0) return
    fetching.bits += came
    body.came(Math.min(came, sizeBits) / 8)
    if (fetching.bits < sizeBits) return body.asked()
    body.ended()
    of.keep(segment)
    fetching = null
  }

  const observe = (failed: Quality | null = null): void => {
    const aheadMs = aheadOf(playing)
    const endMs = positionMs + aheadMs
    const { kbps = null, ageMs = null } = meter.estimate ?? {}
    const seen: Observation = {
      atMs: now(),
      isAutomatic: given.isAutomatic,
      playing: playing.id,
      changingTo: next?.track.id ?? null,
      picture: next !== null || !hasBegun ? 'resting' : isStanding ? 'standing' : 'moving',
      sinceSeekMs: null,
      speed: 1,
      aheadMs,
      leftMs: given.durationMs - positionMs,
      connection: isOff() ? 'offline' : 'wan',
      linkKbps: kbps,
      linkAgeMs: ageMs,
      isServerBusy: (meter.preparingPace ?? 0) > 0.9,
      failed,
      candidates: tracks.map((track): Candidate => ({
        quality: track.id,
        needKbps: track.quality.kbps,
        hereMs: aheadOf(track),
        beyondMs: track.heldTo(endMs) - endMs,
        isServed: !isOff(),
        isConverted: track.quality.encoderSpeed !== null,
      })),
    }
    const step = decide(state, seen)
    state = step.state
    log.push({ seen, decision: step.decision })
    if (step.decision.do === 'stay') return
    const track = trackOf(step.decision.to)
    changes.push({ atMs: now(), from: playing.name, to: track.name, decision: step.decision })
    next = { track, isUp: step.decision.move === 'up' }
  }

  const show = (): void => {
    if (next !== null) {
      const enough = Math.min(switchSegments * segmentMs, given.durationMs - positionMs)
      if (aheadOf(next.track) >= enough || (isStanding && aheadOf(next.track) > 0)) {
        playing = next.track
        next = null
      } else if (next.isUp && aheadOf(playing) < giveUpMs) {
        const { id } = next.track
        next = null
        observe(id)
      }
    }
    const canMove =
      aheadOf(playing) >= (isStanding ? Math.min(segmentMs, given.durationMs - positionMs) / 2 : stepMs)
    if (hasBegun && !canMove) {
      if (!isStanding) stalls += 1
      stalledMs += stepMs
    }
    const hasStopped = !canMove && !isStanding
    isStanding = !canMove
    if (canMove) {
      hasBegun = true
      positionMs += stepMs
      shown += playing.quality.kbps * stepMs
    }
    if (hasStopped) observe()
  }

  // A picture that never comes must not make the test run for ever.
  const limitMs = given.durationMs * 3
  while (positionMs < given.durationMs && now() < limitMs) {
    clock.advance(stepMs)
    fetch()
    show()
    if (now() - askedAtMs < 1000) continue
    askedAtMs = now()
    observe()
  }
  return { stalls, stalledMs, changes, meanKbps: shown / positionMs, playedMs: positionMs, log }
}

interface Fetch {
  readonly track: Track
  readonly segment: number
  readonly askedMs: number
  headMs: number | null
  bits: number
  readonly body: ReturnType<LinkMeter['body']>
  readonly begun: ReturnType<LinkMeter['preparing']> | null
}

/** One quality of the title, with what is here of it. */
class Track {
  readonly quality: SimulatedQuality
  readonly id: Quality
  readonly #here: boolean[]

  constructor(quality: SimulatedQuality, segments: number) {
    this.quality = quality
    this.id = asQuality(quality.name)
    const kept = quality.kept ?? []
    this.#here = Array.from({ length: segments }, (_, at) => kept.some(([from, to]) => at >= from && at < to))
  }

  get name(): string {
    return this.quality.name
  }

  keep(segment: number): void {
    this.#here[segment] = true
  }

  firstMissing(from: number): number | null {
    const at = this.#here.indexOf(false, from)
    return at === -1 ? null : at
  }

  /** To where everything is here, ms; `fromMs` when nothing is. */
  heldTo(fromMs: number): number {
    const from = Math.floor(fromMs / segmentMs)
    const end = this.firstMissing(from) ?? this.#here.length
    return Math.max(fromMs, end * segmentMs)
  }
}
