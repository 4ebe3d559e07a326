import { play } from '../client/drain.ts'
import { mebibyte } from '../origin/origin-file.ts'
import { startSpool, type Peer } from '../peers/peers.ts'
import { residentBytes } from '../peers/processes.ts'
import type { Bench, Row } from './measure.ts'

const mbps = 50
const playMs = 12_000
/** So small that eight streams soon push each other out. */
const limitBytes = 300 * mebibyte

/** Streams of a high bitrate that nobody has yet: what one costs in memory, and what eight do to the loop that serves them. */
export async function measureStreams({ origin, say }: Bench): Promise<readonly Row[]> {
  await origin.shape({ latencyMs: 30 })
  const one = await playStreams(origin.url, 1)
  const eight = await playStreams(origin.url, 8)
  say(`eight streams: ${eight.evictedMiB} MiB pushed out, ${eight.playedMiB} MiB played`)
  const spool = (text: string): Record<string, string> => ({ Spool: text })
  return [
    {
      measure: `memory growth, one stream of ${mbps} Mbit/s, MiB`,
      figures: spool(one.growthMiB.toFixed(0)),
      target: '≤ 16',
      isMet: one.growthMiB <= 16,
    },
    {
      measure: `memory growth, eight streams, MiB`,
      figures: spool(eight.growthMiB.toFixed(0)),
      target: '≤ 128',
      isMet: eight.growthMiB <= 128,
    },
    {
      measure: 'event loop delay p99 while eight streams play and evict, ms',
      figures: spool(eight.loopDelayMs.toFixed(1)),
      target: '≤ 10',
      isMet: eight.loopDelayMs <= 10,
    },
  ]
}

interface Streams {
  readonly growthMiB: number
  readonly loopDelayMs: number
  readonly evictedMiB: string
  readonly playedMiB: string
}

async function playStreams(origin: string, count: number): Promise<Streams> {
  const peer = await startSpool(origin, ['--limit', String(limitBytes)])
  const pid = peer.process?.pid ?? 0
  try {
    // What any first stream loads and compiles is not the price of a stream.
    await play(`${peer.url}/8/short-20.bin`, 400, 1_000)
    await readStats(peer)
    const before = residentBytes(pid) ?? 0
    let most = before
    const watch = setInterval(() => {
      most = Math.max(most, residentBytes(pid) ?? 0)
    }, 100)
    const names = Array.from({ length: count }, (_, index) => `${peer.url}/256/stream-${count}-${index}.bin`)
    const played = await Promise.all(names.map((url) => play(url, mbps, playMs)))
    clearInterval(watch)
    const stats = await readStats(peer)
    const bytes = played.reduce((sum, each) => sum + each, 0)
    return {
      growthMiB: (most - before) / mebibyte,
      loopDelayMs: stats.loopDelayP99Ms,
      evictedMiB: (Math.max(0, stats.bytesFetched - stats.bytesUsed) / mebibyte).toFixed(0),
      playedMiB: (bytes / mebibyte).toFixed(0),
    }
  } finally {
    await peer.process?.stop()
  }
}

/** The delay is that since it was last asked for. */
async function readStats(peer: Peer & { readonly stats: string }): Promise<{
  readonly loopDelayP99Ms: number
  readonly bytesFetched: number
  readonly bytesUsed: number
}> {
  return (await (await fetch(peer.stats)).json()) as Awaited<ReturnType<typeof readStats>>
}
