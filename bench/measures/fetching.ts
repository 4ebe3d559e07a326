import { drain } from '../client/drain.ts'
import { fetchBytes } from '../client/fetch-bytes.ts'
import { mebibyte } from '../origin/origin-file.ts'
import { median } from '../statistics.ts'
import type { Bench, Row } from './measure.ts'

const two = (value: number): string => value.toFixed(2)

/** Sixteen want the same 8 MiB at once, and nobody has them. */
export async function measureCrowd({ origin, peers }: Bench): Promise<readonly Row[]> {
  const rounds = 5
  const readers = 16
  const figures = new Map<string, { ms: number[]; requests: number[]; mib: number[] }>()
  for (const peer of peers) {
    const found = { ms: [] as number[], requests: [] as number[], mib: [] as number[] }
    for (let round = 0; round < rounds; round += 1) {
      await origin.shape({ latencyMs: 30, connectionMiBps: 50 })
      const count = peer.process === null ? 1 : readers
      const startedAt = performance.now()
      await Promise.all(Array.from({ length: count }, () => drain(`${peer.url}/8/short-${round}.bin`)))
      found.ms.push(performance.now() - startedAt)
      const { requests, bytes } = await origin.counts()
      found.requests.push(requests)
      found.mib.push(bytes / mebibyte)
    }
    figures.set(peer.name, found)
    await origin.untilQuiet()
  }
  const of = (name: string, what: 'ms' | 'requests' | 'mib'): number =>
    median(figures.get(name)?.[what] ?? [])
  const ratio = of('Spool', 'ms') / of('direct', 'ms')
  const all = (what: 'ms' | 'requests' | 'mib', digits: number): Record<string, string> =>
    Object.fromEntries(peers.map(({ name }) => [name, of(name, what).toFixed(digits)]))
  return [
    {
      measure: '16 cold readers of 8 MiB: until all have it, ms (direct: one reader)',
      figures: all('ms', 0),
      target: '≤ 1.1 × direct',
      isMet: ratio <= 1.1,
    },
    {
      measure: '16 cold readers: MiB fetched',
      figures: all('mib', 2),
      target: '8',
      isMet: of('Spool', 'mib') <= 8.01,
    },
    {
      measure: '16 cold readers: requests to the origin',
      figures: all('requests', 0),
      target: '≤ 2',
      isMet: of('Spool', 'requests') <= 2,
    },
  ]
}

/** A film from its beginning to its end. */
export async function measureWatch({ origin, peers }: Bench): Promise<readonly Row[]> {
  const figures: Record<string, string> = {}
  const requestCounts: Record<string, string> = {}
  let isMet = false
  for (const { name, url } of peers) {
    await origin.shape({ latencyMs: 30 })
    const { bytes: useful } = await drain(`${url}/256/watch-1.bin`)
    await origin.untilQuiet()
    const { bytes, requests } = await origin.counts()
    figures[name] = (bytes / useful).toFixed(3)
    requestCounts[name] = String(requests)
    if (name === 'Spool') isMet = bytes / useful <= 1.01
  }
  return [
    { measure: 'whole watch: bytes fetched ÷ useful', figures, target: '≤ 1.01', isMet },
    { measure: 'whole watch: requests to the origin', figures: requestCounts, target: '', isMet: null },
  ]
}

/** Forty jumps, 256 KiB each, `bytes=N-` that the client closes. */
export async function measureJumps(bench: Bench): Promise<readonly Row[]> {
  const free = await jumpsRow(bench, null)
  const limited = await jumpsRow(bench, 50)
  return [free, limited]
}

async function jumpsRow({ origin, peers, random }: Bench, connectionMiBps: number | null): Promise<Row> {
  const jumps = 40
  const enough = 256 * 1024
  const path = connectionMiBps === null ? '/1024/film-3.bin' : '/256/watch-2.bin'
  const figures: Record<string, string> = {}
  let isMet = false
  for (const { name, url } of peers) {
    await origin.shape({ latencyMs: 30, connectionMiBps })
    for (let jump = 0; jump < jumps; jump += 1) {
      const start = Math.floor(random() * 250 * mebibyte)
      await fetchBytes(url + path, `bytes=${start}-`, { enough })
    }
    await origin.untilQuiet()
    const { bytes, requests } = await origin.counts()
    const ratio = bytes / (jumps * enough)
    figures[name] = `${two(ratio)} (${requests} requests)`
    if (name === 'Spool') isMet = ratio <= 2
  }
  const rate = connectionMiBps === null ? 'no limit' : `${connectionMiBps} MiB/s`
  return {
    measure: `40 seeks of 256 KiB: bytes fetched ÷ useful, origin ${rate}`,
    figures,
    target: '≤ 2',
    isMet,
  }
}
