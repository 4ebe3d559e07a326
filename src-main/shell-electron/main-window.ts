import { BrowserWindow, nativeTheme } from 'electron'
import type { Logger } from '../core/ports.ts'
import { pageUrl } from './spool-scheme.ts'

/** A page that crashes again this soon will not get better by loading it once more, ms. */
const crashPauseMs = 10_000

export interface MainWindowOptions {
  /** The built preload, one CommonJS file: a sandboxed one cannot be anything else (electron, esm.md). */
  readonly preloadPath: string
  readonly logger: Logger
}

/** The app's one window. Its place and size are remembered by Electron itself. */
export function openMainWindow({ preloadPath, logger }: MainWindowOptions): BrowserWindow {
  const window = new BrowserWindow({
    name: 'main',
    windowStatePersistence: true,
    title: 'Spool',
    width: 1280,
    height: 800,
    minWidth: 940,
    minHeight: 600,
    // Shown once there is something to see.
    show: false,
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#101216' : '#f7f7f8',
    autoHideMenuBar: true,
    webPreferences: {
      preload: preloadPath,
      nodeIntegration: false,
      contextIsolation: true,
      sandbox: true,
      webSecurity: true,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  })
  window.once('ready-to-show', () => window.show())
  reloadAfterCrash(window, logger)
  void window
    .loadURL(pageUrl)
    .catch((error: unknown) => logger.error('window.load', { cause: String(error) }))
  return window
}

function reloadAfterCrash(window: BrowserWindow, logger: Logger): void {
  let lastAt = Number.NEGATIVE_INFINITY
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    logger.error('window.page-gone', { reason, exitCode })
    const now = performance.now()
    if (reason === 'clean-exit' || window.isDestroyed() || now - lastAt < crashPauseMs) return
    lastAt = now
    window.webContents.reload()
  })
}

/** Brings the window to the front, for a second start. */
export function showWindow(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}
