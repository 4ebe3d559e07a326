import { drain } from '../client/drain.ts'
import { mebibyte } from '../origin/origin-file.ts'
import { cpuSeconds } from '../peers/processes.ts'
import { median } from '../statistics.ts'
import type { Bench, Row } from './measure.ts'

/** One reader of a gibibyte that is all there, in turn from each. */
export async function measureThroughput({ origin, peers }: Bench): Promise<readonly Row[]> {
  const rounds = 5
  const path = '/1024/film-0.bin'
  await origin.shape({})
  const cached = peers.slice(1)
  for (const { url } of cached) {
    await drain(url + path)
    await drain(url + path)
  }
  await new Promise((resolve) => setTimeout(resolve, 3_000))
  const speeds = new Map(peers.map(({ name }) => [name, [] as number[]]))
  const costs = new Map(peers.map(({ name }) => [name, [] as number[]]))
  for (let round = 0; round < rounds; round += 1)
    for (const { name, url, process } of peers) {
      const before = process === null ? null : cpuSeconds(process.pid)
      const { bytes, durationMs } = await drain(url + path)
      speeds.get(name)?.push(bytes / mebibyte / (durationMs / 1000))
      const after = process === null ? null : cpuSeconds(process.pid)
      if (before !== null && after !== null)
        costs.get(name)?.push((after - before) / (bytes / (1024 * mebibyte)))
    }
  const speed = (name: string): number => median(speeds.get(name) ?? [])
  const cost = (name: string): number => median(costs.get(name) ?? [])
  const nginx = speeds.has('nginx') ? speed('nginx') * 0.6 : 0
  return [
    {
      measure: 'cached throughput, one reader, MiB/s (direct: the origin itself)',
      figures: Object.fromEntries(peers.map(({ name }) => [name, speed(name).toFixed(0)])),
      target: '≥ 800 and ≥ 0.6 × nginx',
      isMet: speed('Spool') >= 800 && speed('Spool') >= nginx,
    },
    {
      measure: 'processor per GiB served from the cache, s',
      figures: Object.fromEntries(cached.map(({ name }) => [name, cost(name).toFixed(2)])),
      target: '≤ 1.0',
      isMet: cost('Spool') <= 1,
    },
  ]
}
