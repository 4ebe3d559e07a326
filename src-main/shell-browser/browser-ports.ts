import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { systemClock } from '../core/base/clock.ts'
import type { CorePorts, ExternalOpener, Logger } from '../core/ports.ts'
import { isAllowedPage } from '../shell-common/allowed-pages.ts'
import { createFileSecretStore } from '../shell-common/file-secret-store.ts'

/**
 * The core's ports where the page runs in a browser. Keeping the display awake, progress on a taskbar and notices belong to the
 * browser there: the page asks it by itself (`navigator.wakeLock`, the tab's title), so here they do nothing.
 */
export function createBrowserPorts(dataDir: string, logger: Logger): CorePorts {
  const nothing: Disposable = { [Symbol.dispose]: () => undefined }
  return {
    paths: { dataDir, migrationsDir: join(import.meta.dirname, '../../migrations') },
    clock: systemClock,
    logger,
    secrets: createFileSecretStore(dataDir),
    power: { keepDisplayAwake: () => nothing, keepComputerAwake: () => nothing },
    progress: { show: () => undefined },
    notifier: { notify: (title) => logger.info('notice', { title }) },
    opener: createOpener(logger),
  }
}

function createOpener(logger: Logger): ExternalOpener {
  return {
    async open(url) {
      if (!isAllowedPage(url)) return logger.warn('opener.refused', { host: URL.parse(url)?.host })
      const [program, ...args] = openCommand(url)
      const child = spawn(program, args, { stdio: 'ignore', detached: true })
      child.once('error', () => logger.warn('opener.failed', { program }))
      child.unref()
    },
  }
}

function openCommand(url: string): [string, ...string[]] {
  if (process.platform === 'darwin') return ['open', url]
  if (process.platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', url]
  return ['xdg-open', url]
}
