import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asQuality, type Quality } from '../../../../src-preload/contract/index.ts'
import type { AutomaticState, Candidate, Decision, Observation } from './observation.ts'
import { decide, initialState, limits } from './rules.ts'

const kbpsOf = { original: 12_000, '1080p': 8000, '720p': 4000, '480p': 1500, '360p': 720 } as const
type Name = keyof typeof kbpsOf
const names = Object.keys(kbpsOf) as Name[]

const candidate = (name: Name, more: Partial<Candidate> = {}): Candidate => ({
  quality: asQuality(name),
  needKbps: kbpsOf[name],
  hereMs: 0,
  beyondMs: 0,
  isServed: true,
  isConverted: name !== 'original',
  ...more,
})

const observation = (more: Partial<Observation> = {}): Observation => ({
  atMs: 0,
  isAutomatic: true,
  playing: asQuality('720p'),
  changingTo: null,
  picture: 'moving',
  sinceSeekMs: null,
  speed: 1,
  aheadMs: 40_000,
  leftMs: 3_600_000,
  connection: 'wan',
  linkKbps: 5000,
  linkAgeMs: 0,
  isServerBusy: false,
  failed: null,
  candidates: names.map((name) => candidate(name)),
  ...more,
})

/** Sees the same for some seconds, once a second; the decisions. */
function watch(seconds: number, more: Partial<Observation>, before: AutomaticState = initialState) {
  const decisions: Decision[] = []
  let state = before
  for (let second = 0; second <= seconds; second++) {
    const step = decide(state, observation({ ...more, atMs: (more.atMs ?? 0) + second * 1000 }))
    state = step.state
    decisions.push(step.decision)
    if (step.decision.do === 'go') break
  }
  return { decisions, last: decisions.at(-1)!, state, seconds: decisions.length - 1 }
}

describe('going up', () => {
  it('goes up one after 25 s of calm with room, and says so', () => {
    const { last, seconds } = watch(60, { linkKbps: 10_000 })
    expect(last).toEqual({ do: 'go', to: '1080p', move: 'up', why: 'calm' })
    expect(seconds).toBe(25)
  })

  it('goes up two where there is room for that', () => {
    expect(watch(60, { linkKbps: 14_400 }).last).toMatchObject({ do: 'go', to: 'original' })
  })

  it('never without a fifth to spare', () => {
    expect(watch(600, { linkKbps: 9599 }).last).toEqual({ do: 'stay', why: 'fits' })
  })

  it('begins to wait anew after a stall, a slow second, a pause', () => {
    for (const trouble of [{ picture: 'standing' }, { linkKbps: 3000 }, { picture: 'resting' }] as const) {
      const calm = watch(20, { linkKbps: 10_000, isAutomatic: true })
      const after = decide(
        calm.state,
        observation({ linkKbps: 10_000, ...trouble, sinceSeekMs: 0, atMs: 21_000 }),
      )
      const { seconds, last } = watch(60, { linkKbps: 10_000, atMs: 22_000 }, after.state)
      expect([last.do, seconds]).toEqual(['go', 25])
    }
  })

  it('goes up to a whole copy without asking the link', () => {
    const candidates = names.map((name) =>
      candidate(name, name === '1080p' ? { hereMs: 3_600_000, isServed: false } : {}),
    )
    const { last } = watch(60, { candidates, linkKbps: null, linkAgeMs: null })
    expect(last).toMatchObject({ do: 'go', to: '1080p', move: 'up' })
  })

  it('stays where an old measure is all there is, and where the server hardly keeps up', () => {
    expect(watch(60, { linkKbps: 40_000, linkAgeMs: 400_000 }).last).toEqual({ do: 'stay', why: 'fits' })
    const busy = { linkKbps: 10_000, isServerBusy: true, aheadMs: 15_000 }
    expect(watch(60, busy).last).toEqual({ do: 'stay', why: 'fits' })
  })

  it('leaves what disappointed alone, for longer each time', () => {
    let state = initialState
    let atMs = 0
    const waits: number[] = []
    for (let round = 0; round < 4; round++) {
      const up = watch(2000, { linkKbps: 10_000, atMs }, state)
      expect(up.last).toMatchObject({ do: 'go', to: '1080p' })
      waits.push(up.seconds)
      atMs += up.seconds * 1000 + 12_000
      const down = decide(up.state, observation({ playing: asQuality('1080p'), picture: 'standing', atMs }))
      expect(down.decision).toMatchObject({ do: 'go', move: 'down' })
      state = down.state
    }
    expect(waits).toEqual([25, 60, 120, 240])
  })
})

describe('going down', () => {
  it('goes to what fits when the picture stops, two at most', () => {
    const stalled = { picture: 'standing', playing: asQuality('original'), linkKbps: 1000 } as const
    expect(watch(0, stalled).last).toEqual({ do: 'go', to: '720p', move: 'down', why: 'link-slow' })
    expect(watch(0, { ...stalled, linkKbps: 9700 }).last).toMatchObject({ to: '1080p' })
  })

  it('plays what is here before it acts on a slow link', () => {
    const slow = { playing: asQuality('1080p'), linkKbps: 5000 }
    expect(watch(20, { ...slow, aheadMs: 40_000 }).last).toEqual({ do: 'stay', why: 'fits' })
    expect(watch(20, { ...slow, aheadMs: 10_000 }).last).toMatchObject({ to: '720p', why: 'link-slow' })
  })

  it('takes a wait after a seek for the seek’s own', () => {
    const sought = { picture: 'standing', playing: asQuality('1080p') } as const
    expect(decide(initialState, observation({ ...sought, sinceSeekMs: 7000 })).decision.do).toBe('stay')
    expect(decide(initialState, observation({ ...sought, sinceSeekMs: 8000 })).decision.do).toBe('go')
  })

  it('does not take a slow encoder for a slow link', () => {
    const busy = { isServerBusy: true, linkKbps: 40_000, playing: asQuality('1080p'), aheadMs: 5000 }
    expect(watch(60, busy).last.do).toBe('stay')
    const stalled = watch(0, { ...busy, picture: 'standing' })
    expect(stalled.last).toEqual({ do: 'go', to: '720p', move: 'down', why: 'server-busy' })
    // The link has room for 1080p; the server has not.
    expect(watch(299, { linkKbps: 40_000, atMs: 1000 }, stalled.state).last).not.toMatchObject({
      to: '1080p',
    })
  })

  it('has nowhere to go from the lowest', () => {
    const stalled = { picture: 'standing', playing: asQuality('360p'), linkKbps: 300 } as const
    expect(watch(3, stalled).last).toEqual({ do: 'stay', why: 'lowest' })
  })

  it('leaves what has broken at once', () => {
    const { state } = watch(0, { picture: 'standing', playing: asQuality('original') })
    const failed = observation({ atMs: 1, playing: asQuality('1080p'), failed: asQuality('1080p') })
    expect(decide(state, failed).decision).toMatchObject({
      do: 'go',
      to: '720p',
      move: 'away',
      why: 'failed',
    })
  })
})

describe('on the way down', () => {
  const onTheWay = {
    picture: 'resting',
    playing: asQuality('original'),
    changingTo: asQuality('720p'),
  } as const

  it('goes further down when the link falls further', () => {
    const { state } = watch(0, { picture: 'standing', playing: asQuality('original'), linkKbps: 4900 })
    const later = (atMs: number, linkKbps: number) =>
      decide(state, observation({ ...onTheWay, atMs, linkKbps })).decision
    expect(later(9000, 2000)).toEqual({ do: 'stay', why: 'settling' })
    expect(later(10_000, 4100)).toEqual({ do: 'stay', why: 'settling' })
    expect(later(10_000, 2000)).toEqual({ do: 'go', to: '480p', move: 'down', why: 'link-slow' })
  })

  it('tries a way down again that led nowhere, but not a way up', () => {
    const failed = (quality: Name) =>
      decide(initialState, observation({ failed: asQuality(quality) })).state.shunned.map(
        (one) => one.quality,
      )
    expect(failed('480p')).toEqual([])
    expect(failed('1080p')).toEqual(['1080p'])
  })
})

describe('copies', () => {
  const off = (here: Partial<Record<Name, Partial<Candidate>>>, more: Partial<Observation>) =>
    decide(
      initialState,
      observation({
        connection: 'offline',
        candidates: names.map((name) => candidate(name, { isServed: false, ...here[name] })),
        ...more,
      }),
    ).decision

  it('offline goes on with the copy that reaches furthest, of equals the better one', () => {
    const here = { '480p': { hereMs: 90_000 }, '360p': { hereMs: 90_000 }, original: { hereMs: 20_000 } }
    expect(off(here, { aheadMs: 15_000 })).toEqual({ do: 'go', to: '480p', move: 'copy', why: 'offline' })
    expect(off(here, { aheadMs: 30_000 })).toEqual({ do: 'stay', why: 'offline' })
    expect(off(here, { aheadMs: 89_000 }).do).toBe('stay')
  })

  it('goes on where another copy begins, and not before', () => {
    const here = { '480p': { beyondMs: 60_000 } }
    expect(off(here, { aheadMs: 5000 }).do).toBe('stay')
    expect(off(here, { aheadMs: 0, picture: 'standing' })).toMatchObject({ to: '480p', move: 'copy' })
  })

  it('stays with what is here to the end', () => {
    const here = { '720p': { hereMs: 60_000 }, original: { hereMs: 60_000 } }
    expect(off(here, { aheadMs: 60_000, leftMs: 60_000 }).do).toBe('stay')
  })

  it('turns to a copy when the link carries not even the least', () => {
    const candidates = names.map((name) => candidate(name, name === '480p' ? { hereMs: 200_000 } : {}))
    const dead = { linkKbps: 100, aheadMs: 8000, candidates, playing: asQuality('1080p') }
    expect(watch(0, dead).last).toMatchObject({ do: 'go', to: '480p', move: 'copy' })
  })
})

describe('whatever is seen', () => {
  const flags = fc.record({
    seconds: fc.integer({ min: 0, max: 15 }),
    // Manual spells are short: most of the time Automatic is at it.
    isAutomatic: fc.oneof(
      { weight: 9, arbitrary: fc.constant(true) },
      { weight: 1, arbitrary: fc.constant(false) },
    ),
    picture: fc.constantFrom('moving', 'moving', 'moving', 'standing', 'resting'),
    sinceSeekMs: fc.option(fc.integer({ min: 0, max: 20_000 })),
    changingTo: fc.option(fc.constantFrom(...names), { freq: 3 }),
    speed: fc.constantFrom(1, 1, 1, 2, 0.5),
    aheadMs: fc.integer({ min: 0, max: 80_000 }),
    connection: fc.constantFrom('lan', 'wan', 'wan', 'relay', 'offline'),
    linkKbps: fc.option(fc.integer({ min: 0, max: 40_000 }), { freq: 8 }),
    linkAgeMs: fc.integer({ min: 0, max: 600_000 }),
    isServerBusy: fc.boolean(),
    hasFailed: fc.integer({ min: 0, max: 19 }).map((one) => one === 0),
    here: fc.array(fc.constantFrom(0, 0, 0, 20_000, 90_000, 3_600_000), { minLength: 5, maxLength: 5 }),
    served: fc.array(fc.constantFrom(true, true, true, false), { minLength: 5, maxLength: 5 }),
  })

  interface Made {
    readonly seen: Observation
    readonly decision: Decision
  }

  /** Plays a random history, going where the rules say. */
  function run(
    history: readonly (typeof flags extends fc.Arbitrary<infer T> ? T : never)[],
  ): readonly Made[] {
    let state = initialState
    let atMs = 0
    let playing: Quality = asQuality('1080p')
    return history.map(({ seconds, hasFailed, here, served, linkKbps, linkAgeMs, changingTo, ...rest }) => {
      atMs += seconds * 1000
      const seen = observation({
        ...rest,
        atMs,
        playing,
        changingTo: rest.picture === 'resting' && changingTo !== null ? asQuality(changingTo) : null,
        linkKbps,
        linkAgeMs: linkKbps === null ? null : linkAgeMs,
        failed: hasFailed ? playing : null,
        candidates: names.map((name, at) =>
          candidate(name, {
            hereMs: here[at] ?? 0,
            isServed: rest.connection !== 'offline' && (served[at] ?? true),
          }),
        ),
      })
      // What is logged can be decided again.
      const step = decide(state, JSON.parse(JSON.stringify(seen)) as Observation)
      state = JSON.parse(JSON.stringify(step.state)) as AutomaticState
      if (step.decision.do === 'go') playing = step.decision.to
      return { seen, decision: step.decision }
    })
  }

  const histories = fc.array(flags, { minLength: 1, maxLength: 80 })
  const each = (check: (made: Made, before: readonly Made[]) => void): void =>
    fc.assert(
      fc.property(histories, (history) => {
        const all = run(history)
        all.forEach((made, at) => check(made, all.slice(0, at)))
      }),
      { numRuns: 400 },
    )
  const lastChange = (before: readonly Made[]): Made | undefined =>
    before.findLast(({ decision }) => decision.do === 'go')
  const find = ({ candidates }: Observation, quality: Quality): Candidate =>
    candidates.find((one) => one.quality === quality)!

  it('does nothing where a person has chosen, and nothing while nothing is to be decided', () => {
    each(({ seen, decision }) => {
      if (!seen.isAutomatic) expect(decision).toEqual({ do: 'stay', why: 'chosen' })
      if (seen.picture === 'resting' && seen.failed === null && seen.changingTo === null)
        expect(decision.do).toBe('stay')
    })
  })

  it('keeps 10 s between two changes, but for what broke or cannot be had', () => {
    each(({ seen, decision }, before) => {
      const last = lastChange(before)
      if (decision.do === 'stay' || last === undefined) return
      if (decision.move === 'away') return expect(seen.failed).toBe(seen.playing)
      const isUrgent =
        decision.move === 'copy' && (seen.connection === 'offline' || seen.picture === 'standing')
      if (!isUrgent) expect(seen.atMs - last.seen.atMs).toBeGreaterThanOrEqual(limits.betweenChangesMs)
    })
  })

  it('goes to another quality that can be had, two rungs at most down or up', () => {
    each(({ seen, decision }) => {
      if (decision.do === 'stay') return
      const to = find(seen, decision.to)
      expect(decision.to).not.toBe(seen.playing)
      expect(to.isServed || to.hereMs > 0 || to.beyondMs > 0).toBe(true)
      if (decision.move === 'copy') return
      const from = decision.move === 'away' ? seen.playing : (seen.changingTo ?? seen.playing)
      const at = names.indexOf(from as unknown as Name)
      const target = names.indexOf(decision.to as unknown as Name)
      expect(Math.sign(target - at)).toBe(decision.move === 'up' ? -1 : 1)
      const between = seen.candidates
        .slice(Math.min(at, target) + 1, Math.max(at, target))
        .filter((one) => one.isServed || one.hereMs >= limits.holdsMs)
      expect(between.length).toBeLessThan(limits.maxRungs)
    })
  })

  it('never goes up without room, or without 25 s in which nothing went wrong', () => {
    each(({ seen, decision }, before) => {
      if (decision.do === 'stay' || decision.move !== 'up') return
      const { needKbps, hereMs } = find(seen, decision.to)
      if (hereMs < seen.leftMs)
        expect(seen.linkKbps).toBeGreaterThanOrEqual((needKbps ?? 0) * seen.speed * limits.headroom)
      expect(seen.picture).toBe('moving')
      for (const one of before.filter((made) => seen.atMs - made.seen.atMs < limits.calmMs)) {
        expect(one.seen.picture).toBe('moving')
        expect(one.decision.do).toBe('stay')
        expect(one.seen.failed).toBeNull()
      }
    })
  })
})
