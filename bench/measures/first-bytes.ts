import { fetchBytes, keptConnection } from '../client/fetch-bytes.ts'
import { mebibyte } from '../origin/origin-file.ts'
import { median, quantile } from '../statistics.ts'
import type { Bench, Row } from './measure.ts'

const film = '/1024/film-0.bin'
const kibibyte = 1024
const ms = (value: number): string => value.toFixed(2)

/** Ranges nobody has, one after another from each in turn: what it adds to go through a cache. */
export async function measureMisses({ origin, peers, random }: Bench): Promise<readonly Row[]> {
  const rounds = 80
  const warmUp = 5
  await origin.shape({ latencyMs: 30 })
  const times = new Map(peers.map(({ name }) => [name, [] as number[]]))
  const agents = new Map(peers.map(({ name }) => [name, keptConnection()]))
  const places = shuffled(1000, random)
  for (let round = 0; round < rounds + warmUp; round += 1) {
    // Far apart, so that nobody has read ahead to there.
    const start = (places[round] ?? 0) * mebibyte + 17
    for (const peer of rotated(peers, round)) {
      const range = `bytes=${start}-${start + 64 * kibibyte - 1}`
      const agent = agents.get(peer.name)
      const { ttfbMs } = await fetchBytes(peer.url + film, range, agent === undefined ? {} : { agent })
      if (round >= warmUp) times.get(peer.name)?.push(ttfbMs)
    }
  }
  for (const agent of agents.values()) agent.destroy()
  const base = times.get('direct') ?? []
  const added = (name: string, at: number): number => quantile(times.get(name) ?? [], at) - quantile(base, at)
  const row = (measure: string, at: number, target: number): Row => ({
    measure,
    figures: Object.fromEntries(
      peers.map(({ name }) => [
        name,
        name === 'direct' ? `(${ms(quantile(base, at))})` : ms(added(name, at)),
      ]),
    ),
    target: `≤ ${target}`,
    isMet: added('Spool', at) <= target,
  })
  return [
    row('miss: added time to first byte, median, ms', 0.5, 2),
    row('miss: added time to first byte, p95, ms', 0.95, 5),
  ]
}

/** Jumps into what nobody has, on a slow line: read 256 KiB, close, jump on. In rounds, so that a busy moment of the machine hits all alike. */
export async function measureSlowSeeks({ origin, peers, random }: Bench): Promise<readonly Row[]> {
  const rounds = 5
  const jumps = 24
  const times = new Map(peers.map(({ name }) => [name, [] as number[]]))
  // The others are here to be looked at, and take minutes when a jump costs them ten seconds: they have one round.
  const compared = peers.filter(({ name }) => name === 'direct' || name === 'Spool')
  for (let round = 0; round < rounds; round += 1)
    for (const peer of round === 0 ? peers : rotated(compared, round)) {
      await origin.shape({ latencyMs: 30, linkMbps: 20 })
      for (let jump = 0; jump < jumps; jump += 1) {
        const start = Math.floor(random() * 1000 * mebibyte)
        const { ttfbMs } = await fetchBytes(`${peer.url}/1024/film-1.bin`, `bytes=${start}-`, {
          enough: 256 * kibibyte,
        })
        times.get(peer.name)?.push(ttfbMs)
      }
      // What somebody still fetches after its last jump must not slow the next one down.
      await origin.shape({})
      await origin.untilQuiet()
    }
  const figure = (name: string, at: number): number => quantile(times.get(name) ?? [], at)
  const all = (at: number): Record<string, string> =>
    Object.fromEntries(peers.map(({ name }) => [name, ms(figure(name, at))]))
  return [
    { measure: 'seek, uncached, 20 Mbit/s: median, ms', figures: all(0.5), target: '', isMet: null },
    {
      measure: 'seek, uncached, 20 Mbit/s: p95, ms',
      figures: all(0.95),
      target: `≤ direct + 5`,
      isMet: figure('Spool', 0.95) <= figure('direct', 0.95) + 5,
    },
  ]
}

/** The same 64 KiB ranges again, over one open connection. */
export async function measureHits({ origin, peers, random }: Bench): Promise<readonly Row[]> {
  const requests = 1_500
  /** A server that has just started answers slower for a while, as its code is compiled; so does the client that asks. */
  const warmUp = 300
  await origin.shape({})
  const cached = peers.slice(1)
  const path = '/256/watch-0.bin'
  for (const { url } of cached) await fetchBytes(url + path, 'bytes=0-67108863')
  await new Promise((resolve) => setTimeout(resolve, 2_500))
  const times = new Map(cached.map(({ name }) => [name, [] as number[]]))
  const agents = new Map(cached.map(({ name }) => [name, keptConnection()]))
  for (let request = 0; request < requests + warmUp; request += 1) {
    const start = Math.floor(random() * 63) * mebibyte
    for (const { name, url } of rotated(cached, request)) {
      const agent = agents.get(name)
      const range = `bytes=${start}-${start + 64 * kibibyte - 1}`
      const { ttfbMs } = await fetchBytes(url + path, range, agent === undefined ? {} : { agent })
      if (request >= warmUp) times.get(name)?.push(ttfbMs)
    }
  }
  for (const agent of agents.values()) agent.destroy()
  const figure = (name: string, at: number): number => quantile(times.get(name) ?? [], at)
  const row = (measure: string, at: number, target: number): Row => ({
    measure,
    figures: Object.fromEntries(cached.map(({ name }) => [name, ms(figure(name, at))])),
    target: `≤ ${target}`,
    isMet: figure('Spool', at) <= target,
  })
  return [row('hit: median, ms', 0.5, 0.5), row('hit: p99, ms', 0.99, 5)]
}

/** Somebody asks for what is just being fetched for somebody else. */
export async function measureSecondReaders({ origin, peers, random }: Bench): Promise<readonly Row[]> {
  const rounds = 20
  await origin.shape({ latencyMs: 30 })
  const later = new Map(peers.slice(1).map(({ name }) => [name, [] as number[]]))
  const places = shuffled(1000, random)
  for (let round = 0; round < rounds; round += 1)
    for (const { name, url } of rotated(peers.slice(1), round)) {
      const start = (places[round] ?? 0) * mebibyte
      const range = `bytes=${start}-${start + 256 * kibibyte - 1}`
      const first = fetchBytes(`${url}/1024/film-2.bin`, range)
      await new Promise((resolve) => setTimeout(resolve, 10))
      const second = fetchBytes(`${url}/1024/film-2.bin`, range)
      later.get(name)?.push((await second).firstAt - (await first).firstAt)
    }
  const figure = (name: string, at: number): number => quantile(later.get(name) ?? [], at)
  const all = (at: number): Record<string, string> =>
    Object.fromEntries(peers.slice(1).map(({ name }) => [name, ms(figure(name, at))]))
  return [
    {
      measure: 'second reader of a range in flight: after the first, median, ms',
      figures: all(0.5),
      target: '≤ 3',
      isMet: median(later.get('Spool') ?? []) <= 3,
    },
    {
      measure: 'second reader: p95, ms',
      figures: all(0.95),
      target: '≤ 3',
      isMet: figure('Spool', 0.95) <= 3,
    },
  ]
}

/** Everybody has a turn at being first. */
const rotated = <T>(items: readonly T[], by: number): T[] =>
  items.map((_, at) => items[(at + by) % items.length] as T)

function shuffled(count: number, random: () => number): number[] {
  const numbers = Array.from({ length: count }, (_, index) => index)
  for (let at = count - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1))
    ;[numbers[at], numbers[other]] = [numbers[other] ?? 0, numbers[at] ?? 0]
  }
  return numbers
}
