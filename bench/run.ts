import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { measureCrowd, measureJumps, measureWatch } from './measures/fetching.ts'
import { measureHits, measureMisses, measureSecondReaders, measureSlowSeeks } from './measures/first-bytes.ts'
import type { Bench, Measure, Row } from './measures/measure.ts'
import { measureThroughput } from './measures/serving.ts'
import { measureStart } from './measures/start.ts'
import { measureStreams } from './measures/streams.ts'
import { originAt } from './origin/origin-client.ts'
import { direct, startNginx, startRclone, startSpool, type Peer } from './peers/peers.ts'
import { startOwn, type Running } from './peers/processes.ts'
import { writeReport } from './report.ts'
import { randomOf } from './statistics.ts'

const folder = mkdtempSync(join(tmpdir(), 'spool-bench-run-'))
const measures: Readonly<Record<string, Measure>> = {
  miss: measureMisses,
  'slow-seek': measureSlowSeeks,
  hit: measureHits,
  second: measureSecondReaders,
  crowd: measureCrowd,
  watch: measureWatch,
  jumps: measureJumps,
  throughput: measureThroughput,
  streams: measureStreams,
  start: (bench) => measureStart(bench, folder),
}
const say = (text: string): void => void process.stderr.write(`${text}\n`)
const running: Running[] = []

/** `npm run bench [-- miss hit …]`: all of it, or what is named. */
async function run(names: readonly string[]): Promise<void> {
  const unknown = names.find((name) => !(name in measures))
  if (unknown !== undefined)
    throw new Error(`There is no measure "${unknown}". There are: ${Object.keys(measures).join(', ')}.`)
  const origin = await startOwn<{ url: string }>(join(import.meta.dirname, 'origin/origin.ts'), [])
  running.push(origin)
  const peers = await startPeers(origin.url)
  const seed = Date.now()
  const bench: Bench = { origin: originAt(origin.url), peers, random: randomOf(seed), say }
  const rows: Row[] = []
  for (const [name, measure] of Object.entries(measures)) {
    if (names.length > 0 && !names.includes(name)) continue
    say(`${name} …`)
    for (const row of await measure(bench)) {
      rows.push(row)
      say(`  ${row.measure}: ${JSON.stringify(row.figures)} ${row.target}`)
    }
  }
  const isWhole = names.length === 0
  if (isWhole)
    say(
      `written to ${writeReport(
        rows,
        peers.map(({ name }) => name),
        seed,
      )}`,
    )
}

async function startPeers(origin: string): Promise<Peer[]> {
  const started = [await startSpool(origin)]
  for (const peer of [await startNginx(origin, folder, 9_181), await startRclone(origin, folder, 9_182)])
    if (peer !== null) started.push({ stats: '', ...peer })
  for (const { process } of started) if (process !== null) running.push(process)
  return [direct(origin), ...started]
}

async function cleanUp(): Promise<void> {
  await Promise.all(running.map((each) => each.stop()))
  rmSync(folder, { recursive: true, force: true })
}

for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.on(signal, () => void cleanUp().finally(() => process.exit(1)))
run(process.argv.slice(2))
  .catch((error: unknown) => {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error))
    process.exitCode = 1
  })
  .finally(() => void cleanUp())
