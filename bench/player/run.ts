import { chromium } from '@playwright/test'
import { createDataDir, startApp } from '../../e2e/support/app-process.ts'
import { startDemo } from '../../e2e/support/demo-process.ts'
import { findChromium } from '../../src-main/shell-browser/find-chromium.ts'
import { randomOf } from '../statistics.ts'
import {
  measureFiles,
  measureFirstFrames,
  measureRungs,
  measureSeeks,
  type PlayerBench,
  type Series,
} from './measures.ts'
import { PlayerPage } from './player-page.ts'
import { writePlayerReport } from './player-report.ts'

const measures: Readonly<Record<string, (bench: PlayerBench) => Promise<readonly Series[]>>> = {
  rungs: measureRungs,
  files: measureFiles,
  'first-frame': measureFirstFrames,
  seeks: measureSeeks,
}
const say = (text: string): void => void process.stderr.write(`${text}\n`)

/** `npm run bench -- player [rungs seeks …]`: all of it, or what is named. Each measure has an app and a server of its own. */
async function run(names: readonly string[]): Promise<void> {
  const unknown = names.find((name) => !(name in measures))
  if (unknown !== undefined)
    throw new Error(`There is no measure "${unknown}". There are: ${Object.keys(measures).join(', ')}.`)
  const seed = Date.now()
  const executablePath = findChromium()
  const browser = await chromium.launch({
    ...(executablePath === null ? {} : { executablePath }),
    args: ['--no-sandbox', '--disable-gpu', '--autoplay-policy=no-user-gesture-required'],
  })
  const rows: Series[] = []
  try {
    for (const [name, measure] of Object.entries(measures)) {
      if (names.length > 0 && !names.includes(name)) continue
      say(`${name} …`)
      rows.push(...(await measureOnce(browser, measure, seed)))
    }
  } finally {
    await browser.close()
  }
  for (const { name, values } of rows) say(`${name}: ${values.map((value) => Math.round(value)).join(' ')}`)
  if (names.length === 0) say(`written to ${writePlayerReport(rows, seed)}`)
}

async function measureOnce(
  browser: Awaited<ReturnType<typeof chromium.launch>>,
  measure: (bench: PlayerBench) => Promise<readonly Series[]>,
  seed: number,
): Promise<readonly Series[]> {
  await using dataDir = createDataDir()
  const demo = await startDemo()
  const app = await startApp({ demo, dataDir: dataDir.path })
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  try {
    const player = new PlayerPage(await context.newPage(), app)
    await player.prepare()
    return await measure({ app, demo, player, random: randomOf(seed), say })
  } finally {
    await context.close()
    await app.stop()
    await demo.stop()
  }
}

run(process.argv.slice(2)).catch((error: unknown) => {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error))
  process.exitCode = 1
})
