import { createCore, type Core } from '../core/create-core.ts'
import { appVersion } from '../shell-common/app-version.ts'
import { openAppSecrets } from '../shell-common/app-secrets.ts'
import { createFileLogger } from '../shell-common/create-logger.ts'
import type { DataLock } from '../shell-common/data-lock.ts'
import { readInitialServer } from '../shell-common/initial-server.ts'
import { createPageFiles } from '../shell-common/page-files.ts'
import { FlagError, type AppFlags } from '../shell-common/read-flags.ts'
import { printReport } from '../shell-common/report.ts'
import { endWhenAsked, shutdownDeadlineMs } from '../shell-common/run-until-asked.ts'
import { surviveLostRejections } from '../shell-common/survive-mistakes.ts'
import { createBrowserPorts } from './browser-ports.ts'
import { findChromium } from './find-chromium.ts'
import { createRequestHandler } from './handle-request.ts'
import { listenOnLoopback, PortInUseError, type LoopbackServer } from '../shell-common/loopback-server.ts'
import { chooseWindow, hasDisplay, openAppWindow } from './open-app-window.ts'
import { createPageGate } from '../shell-common/page-gate.ts'

export interface BrowserShellOptions {
  readonly flags: AppFlags
  /** Absolute; exists, and `lock` is on it. */
  readonly dataDir: string
  readonly lock: DataLock
  /** The built page. */
  readonly pageDir: string
}

/** Runs the app behind http on 127.0.0.1 until the process is asked to end or its window is closed. */
export async function runBrowserShell({ flags, dataDir, lock, pageDir }: BrowserShellOptions): Promise<void> {
  const { logger, flush } = createFileLogger(dataDir)
  surviveLostRejections(logger)
  let server: LoopbackServer | null = null
  let core: Core | null = null
  let window: Disposable | null = null
  const end = endWhenAsked(async () => {
    window?.[Symbol.dispose]()
    // The core first: its last words to servers need nothing of ours, and players see a clean end of their streams.
    await Promise.all([core?.close(shutdownDeadlineMs - 300), server?.close()])
    lock[Symbol.dispose]()
    logger.info('app.ended')
    flush()
  })

  server = await listenOnLoopback(flags.port ?? 0).catch((error: unknown) => {
    throw error instanceof PortInUseError ? new FlagError(error.message) : error
  })
  const { port } = server
  lock.setPort(port)
  const origin = `http://127.0.0.1:${port}`
  const ports = createBrowserPorts(dataDir, logger)
  const secrets = await openAppSecrets(ports.secrets)
  const gate = createPageGate(port, secrets.token)
  const opened = await createCore({
    ports,
    shell: 'browser',
    version: appVersion,
    secrets,
    initialServer: readInitialServer(process.env),
    getExternalBase: () => origin,
    isOwnOrigin: gate.isOwnOrigin,
  })
  core = opened
  const { mediaHandler, httpRpc } = opened
  server.serve({
    gate,
    handleRequest: createRequestHandler({ gate, mediaHandler, httpRpc, pageFiles: createPageFiles(pageDir) }),
    connect: opened.connect,
  })
  await opened.ready()

  const app = `${origin}/?token=${secrets.token}`
  logger.info('app.started', { port, dataDir })
  if (flags.wantsJson)
    printReport({
      app,
      rpc: `${origin}/rpc`,
      token: secrets.token,
      pid: process.pid,
      shell: 'browser',
      dataDir,
    })
  const choice = chooseWindow(app, {
    isHeadless: flags.isHeadless,
    hasDisplay: hasDisplay(process.platform, process.env),
    browserPath: findChromium(),
  })
  process.stderr.write(`${choice.sentence}\n`)
  if (choice.kind === 'window')
    window = openAppWindow(choice.browserPath, `${origin}/?token=${gate.issuePass()}`, (how) => {
      if (how === 'closed') return end()
      process.stderr.write(
        `${choice.browserPath} opens no window here; open Spool in a browser instead: ${app}\n`,
      )
    })
}
