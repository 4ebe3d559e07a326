import { app, crashReporter, dialog, type BrowserWindow } from 'electron'
import { createCore, type Core } from '../core/create-core.ts'
import { createFileLogger, type FileLogger } from '../shell-common/create-logger.ts'
import { openAppSecrets } from '../shell-common/app-secrets.ts'
import { appVersion } from '../shell-common/app-version.ts'
import { takeDataLock, type DataLock, type LockResult } from '../shell-common/data-lock.ts'
import { createFileSecretStore } from '../shell-common/file-secret-store.ts'
import { readInitialServer } from '../shell-common/initial-server.ts'
import { openDataDir } from '../shell-common/open-data-dir.ts'
import { createPageFiles } from '../shell-common/page-files.ts'
import { FlagError, type AppFlags } from '../shell-common/read-flags.ts'
import { printFailure, printReport } from '../shell-common/report.ts'
import { surviveLostRejections } from '../shell-common/survive-mistakes.ts'
import { setAppMenu } from './app-menu.ts'
import { createElectronPorts } from './electron-ports.ts'
import { createExternalAccess } from './external-access.ts'
import { guardAllContents, guardPermissions } from './guard-contents.ts'
import { serveIpc } from './ipc-wires.ts'
import { createKeychainSecretStore } from './keychain-secret-store.ts'
import { openMainWindow, showWindow } from './main-window.ts'
import { endOnQuit } from './end-on-quit.ts'
import { watchPower } from './watch-power.ts'
import { handleSpoolScheme, pageOrigin, pageUrl, registerSpoolScheme } from './spool-scheme.ts'

export interface ElectronShellOptions {
  readonly flags: AppFlags
  /** Absolute. */
  readonly dataDir: string
  readonly migrationsDir: string
  /** The built page and preload. */
  readonly pageDir: string
  readonly preloadPath: string
}

/**
 * Runs the app in Electron. What has to be said before Electron is ready is said before the first await.
 * Never rejects: a start that fails is told to the user, and ends the process.
 */
export async function runElectronShell(options: ElectronShellOptions): Promise<void> {
  const { dataDir, flags } = options
  try {
    openDataDir(dataDir)
  } catch (error) {
    return refuse(flags, (error as Error).message)
  }
  // Chromium's own files live beside the data, not among them.
  app.setPath('userData', `${dataDir}-window`)
  if (!app.requestSingleInstanceLock({ dataDir })) return refuse(flags, `Spool already runs with ${dataDir}.`)
  let taken: LockResult
  try {
    taken = takeDataLock(dataDir)
  } catch (error) {
    return refuse(flags, (error as Error).message)
  }
  if (taken.result === 'held')
    return refuse(
      flags,
      `Spool already runs with ${dataDir} (process ${taken.pid}), in a browser. Close it first.`,
    )

  registerSpoolScheme()
  app.enableSandbox()
  guardAllContents()
  setAppMenu(process.platform)
  crashReporter.start({ uploadToServer: false })
  const log = createFileLogger(dataDir)
  surviveLostRejections(log.logger)
  try {
    await app.whenReady()
    await start(options, taken.lock, log)
  } catch (error) {
    log.logger.error('app.start', { cause: String(error) })
    log.flush()
    taken.lock[Symbol.dispose]()
    printFailure(error, flags.wantsJson)
    dialog.showErrorBox('Spool could not start', error instanceof Error ? error.message : String(error))
    app.exit(1)
  }
}

function refuse(flags: AppFlags, sentence: string): void {
  printFailure(new FlagError(sentence), flags.wantsJson)
  app.exit(1)
}

async function start(options: ElectronShellOptions, lock: DataLock, log: FileLogger): Promise<void> {
  const { dataDir, flags, migrationsDir, pageDir, preloadPath } = options
  const { logger } = log
  let window: BrowserWindow | null = null

  const secrets = await createKeychainSecretStore({
    sealed: createFileSecretStore(dataDir, 'secrets-sealed.json'),
    plain: createFileSecretStore(dataDir),
    logger,
  })
  const paths = { dataDir, migrationsDir }
  const ports = createElectronPorts({ paths, logger, secrets, getWindow: () => window })
  const appSecrets = await openAppSecrets(secrets)
  const access = createExternalAccess({
    port: flags.port ?? 0,
    token: appSecrets.token,
    logger,
    getCore: () => opened,
  })
  const opened: Core = await createCore({
    ports,
    shell: 'electron',
    version: appVersion,
    secrets: appSecrets,
    initialServer: readInitialServer(process.env),
    getExternalBase: () => access.base,
    isOwnOrigin: (origin) => origin === pageOrigin,
  })
  const settingsLink = opened.onSettingsChange(
    (settings) => void access.setAllowed(settings.allowExternalPlayers),
  )
  endOnQuit(async (deadlineMs) => {
    settingsLink[Symbol.dispose]()
    await Promise.all([opened.close(deadlineMs), access.setAllowed(false)])
    lock[Symbol.dispose]()
    logger.info('app.ended')
    log.flush()
  })
  watchPower(opened)
  await access.setAllowed(opened.getSettings().allowExternalPlayers)

  handleSpoolScheme(opened.mediaHandler, createPageFiles(pageDir))
  guardPermissions()
  const openWindow = (): void => {
    const next = openMainWindow({ preloadPath, logger })
    const wires = serveIpc(next.webContents, opened.connect)
    next.once('closed', () => {
      wires[Symbol.dispose]()
      window = null
    })
    window = next
  }
  openWindow()
  app.on('second-instance', () => (window === null ? openWindow() : showWindow(window)))
  app.on('activate', () => (window === null ? openWindow() : showWindow(window)))
  // On macOS an app outlives its window; everywhere else the window is the app.
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })

  await opened.ready()
  logger.info('app.started', { dataDir })
  if (flags.wantsJson)
    printReport({
      app: pageUrl,
      rpc: access.base === null ? null : `${access.base}/rpc`,
      token: access.base === null ? null : appSecrets.token,
      pid: process.pid,
      shell: 'electron',
      dataDir,
    })
}
