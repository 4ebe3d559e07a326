// Makes docs/home.png, the README's picture: Spool's home page on the demo server, with some titles kept and one arriving.
import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { chromium } from '@playwright/test'
import {
  asQuality,
  type MethodName,
  type ParamsOf,
  type SourceId,
  type ValueOf,
} from '../src-preload/contract/index.ts'
import { findChromium } from '../src-main/shell-browser/find-chromium.ts'

const root = join(import.meta.dirname, '..')
const path = join(root, 'docs/home.png')

/** ratingKey and quality, in the order they are kept: the last stands first. */
const kept = [
  ['112', 'original'],
  ['108', '480p'],
  ['103', 'original'],
  ['105', 'original'],
  ['106', 'original'],
  ['102', '720p'],
  ['104', '480p'],
  ['104', 'original'],
] as const
/** Still being fetched in the picture. */
const arriving = ['101', 'original'] as const
/** So that it still is. */
const arrivingMbps = 12

interface Report {
  readonly app: string
  readonly rpc: string
  readonly token: string
  readonly server: { readonly url: string; readonly token: string }
}

async function startDemo(dataDir: string): Promise<Report & { stop(): Promise<void> }> {
  const args = ['scripts/spool.mjs', 'demo', '--headless', '--json', '--data', dataDir]
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('{"app"')) continue
    const stop = async (): Promise<void> => {
      child.kill('SIGTERM')
      await exited
    }
    return { ...(JSON.parse(line) as Report), stop }
  }
  throw new Error('The demo did not start.')
}

async function call<M extends MethodName>(
  { rpc, token }: Report,
  method: M,
  params: ParamsOf<M>,
): Promise<ValueOf<M>> {
  const reply = await fetch(rpc, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ method, params }),
  })
  const outcome = (await reply.json()) as { ok: true; value: ValueOf<M> } | { ok: false; error: Error }
  if (!outcome.ok) throw new Error(outcome.error.message)
  return outcome.value
}

async function keep(demo: Report, sourceId: SourceId, ratingKey: string, quality: string): Promise<void> {
  const item = await call(demo, 'library.getItem', { sourceId, ratingKey })
  const mediaId = item.versions[0]?.parts[0]?.mediaId
  if (mediaId === undefined) throw new Error(`${ratingKey} has no parts`)
  const key = { sourceId, mediaId, quality: asQuality(quality) }
  await call(demo, 'cache.preCache', key)
  const isDone = async (): Promise<boolean> =>
    ratingKey === arriving[0]
      ? ((await call(demo, 'cache.getStats', {})).job?.remainingMs ?? null) !== null
      : (await call(demo, 'cache.isCached', key)).cached
  while (!(await isDone())) await wait(250)
}

async function slowDown({ server }: Report): Promise<void> {
  const body = JSON.stringify({ mbps: arrivingMbps })
  const reply = await fetch(`${server.url}/demo/control`, { method: 'POST', body })
  if (!reply.ok) throw new Error(`The demo server was not slowed down: ${reply.status}`)
}

/** Somebody watched a third of the long film on another device. */
async function leaveHalfWatched({ server }: Report): Promise<void> {
  const query = new URLSearchParams({
    ratingKey: arriving[0],
    key: `/library/metadata/${arriving[0]}`,
    state: 'stopped',
    time: '432000',
    duration: '1200000',
    'X-Plex-Token': server.token,
    'X-Plex-Client-Identifier': 'screenshot',
  })
  const reply = await fetch(`${server.url}/:/timeline?${query.toString()}`, { method: 'POST' })
  if (!reply.ok) throw new Error(`The timeline was refused: ${reply.status}`)
}

const dataDir = mkdtempSync(join(tmpdir(), 'spool-screenshot-'))
const demo = await startDemo(dataDir)
const executablePath = findChromium()
const browser = await chromium.launch({
  ...(executablePath === null ? {} : { executablePath }),
  args: ['--no-sandbox', '--disable-gpu'],
})
try {
  await leaveHalfWatched(demo)
  const [source] = await call(demo, 'library.getSources', {})
  if (source === undefined) throw new Error('The app knows no server.')
  for (const [ratingKey, quality] of kept) await keep(demo, source.sourceId, ratingKey, quality)
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: 'dark' })
  await page.goto(demo.app)
  // The pictures come before the link is slow.
  await page.getByRole('heading', { name: 'Recently added in Movies' }).waitFor()
  await page.waitForLoadState('networkidle')
  await slowDown(demo)
  await keep(demo, source.sourceId, ...arriving)
  await page.getByRole('heading', { name: 'Recently added in Movies' }).waitFor()
  await page.getByText(/B\/s · .* left$/).waitFor()
  // The pictures are there, and have faded in.
  await page.waitForLoadState('networkidle')
  await wait(1000)
  await page.screenshot({ path })
  console.log(`Wrote ${path}`)
} finally {
  await browser.close()
  await demo.stop()
  await rm(dataDir, { recursive: true, force: true })
}
