import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { runBrowserShell } from './shell-browser/run-browser-shell.ts'
import { takeDataLock } from './shell-common/data-lock.ts'
import { defaultDataDir } from './shell-common/default-data-dir.ts'
import { keepStdoutForTheReport } from './shell-common/keep-stdout.ts'
import { openDataDir } from './shell-common/open-data-dir.ts'
import { FlagError, readFlags } from './shell-common/read-flags.ts'
import { printFailure } from './shell-common/report.ts'

/** The browser shell as a process: `node src-main/browser.ts [--headless] [--json] [--port N] [--data DIR]`. */
const wantsJson = process.argv.includes('--json')
keepStdoutForTheReport()
try {
  const flags = readFlags(process.argv.slice(2))
  const machine = { platform: process.platform, homeDir: homedir(), env: process.env }
  const dataDir = resolve(flags.dataDir ?? defaultDataDir('spool', machine))
  openDataDir(dataDir)
  const taken = takeDataLock(dataDir)
  if (taken.result === 'held') {
    const place = taken.port === null ? '' : ` at http://127.0.0.1:${taken.port}`
    throw new FlagError(
      `Spool already runs with ${dataDir} (process ${taken.pid}${place}). Close it first, or name another folder with --data DIR.`,
    )
  }
  const { lock } = taken
  process.once('exit', () => lock[Symbol.dispose]())
  await runBrowserShell({
    flags,
    dataDir,
    lock,
    pageDir: join(import.meta.dirname, '../out/renderer'),
  })
} catch (error) {
  printFailure(error, wantsJson)
  process.exit(1)
}
