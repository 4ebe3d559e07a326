import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { app } from 'electron'
import { defaultDataDir } from './shell-common/default-data-dir.ts'
import { keepStdoutForTheReport } from './shell-common/keep-stdout.ts'
import { readFlags } from './shell-common/read-flags.ts'
import { printFailure } from './shell-common/report.ts'

/** The Electron shell as a process. Built to `out/main/electron.js`; the page and the preload are beside it. */
keepStdoutForTheReport()
try {
  const flags = readFlags(process.argv.slice(app.isPackaged ? 1 : 2), { ignoresOthers: true })
  const machine = { platform: process.platform, homeDir: homedir(), env: process.env }
  const dataDir = resolve(flags.dataDir ?? defaultDataDir('spool', machine))
  // Before anything large is loaded: the second start reads compiled code.
  enableCompileCache(`${dataDir}-window/compiled`)
  const { runElectronShell } = await import('./shell-electron/run-electron-shell.ts')
  const appDir = app.getAppPath()
  // Not awaited: Electron gets ready only once this file has run to its end.
  void runElectronShell({
    flags,
    dataDir,
    migrationsDir: join(appDir, 'migrations'),
    pageDir: join(appDir, 'out/renderer'),
    preloadPath: join(appDir, 'out/preload/index.cjs'),
  })
} catch (error) {
  printFailure(error, process.argv.includes('--json'))
  app.exit(1)
}
