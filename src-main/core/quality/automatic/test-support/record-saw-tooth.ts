import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startDemo } from '../../../../../e2e/support/demo-process.ts'

/*
 * Records `saw-tooth.json`: what really came over a socket from the demo server, twice a second, while its `mbps` control rose from 1 to 40
 * in 45 s and fell back at once, five times. Run by hand, `node src-main/core/quality/automatic/test-support/record-saw-tooth.ts`; takes four minutes.
 */
const toothMs = 45_000
const teeth = 5
const everyMs = 500
const film = '/library/parts/102'

const demo = await startDemo()
const item = (await (
  await fetch(`${demo.url}/library/metadata/102?X-Plex-Token=${demo.token}`, {
    headers: { accept: 'application/json' },
  })
).json()) as { MediaContainer: { Metadata: { Media: { Part: { key: string }[] }[] }[] } }
const key = item.MediaContainer.Metadata[0]?.Media[0]?.Part[0]?.key ?? film

let bytes = 0
const end = new AbortController()
const download = async (): Promise<void> => {
  while (!end.signal.aborted) {
    const reply = await fetch(`${demo.url}${key}?X-Plex-Token=${demo.token}`, { signal: end.signal })
    for await (const piece of reply.body ?? []) bytes += piece.length
  }
}
const downloading = download().catch(() => undefined)

const kbps: number[] = []
const startedAt = performance.now()
let countedAt = startedAt
for (let piece = 1; piece * everyMs <= toothMs * teeth; piece += 1) {
  await demo.control({ mbps: 1 + (39 * (((piece - 1) * everyMs) % toothMs)) / toothMs })
  while (performance.now() - startedAt < piece * everyMs)
    await new Promise((resolve) => setTimeout(resolve, 5))
  const now = performance.now()
  kbps.push(Math.round((bytes * 8) / (now - countedAt)))
  bytes = 0
  countedAt = now
}
end.abort()
await downloading
await demo.stop()
writeFileSync(join(import.meta.dirname, 'saw-tooth.json'), `${JSON.stringify({ everyMs, kbps })}\n`)
