import { Notification, powerSaveBlocker, shell, type BrowserWindow } from 'electron'
import { systemClock, type Clock } from '../core/base/clock.ts'
import type {
  CorePorts,
  ExternalOpener,
  Logger,
  Notifier,
  Paths,
  PowerBlocker,
  ProgressSink,
  SecretStore,
} from '../core/ports.ts'
import { isAllowedPage } from '../shell-common/allowed-pages.ts'

export interface ElectronPortsOptions {
  readonly paths: Paths
  readonly logger: Logger
  readonly secrets: SecretStore
  /** The window as it is at the moment; null while there is none. */
  readonly getWindow: () => BrowserWindow | null
  readonly clock?: Clock
}

/** The core's ports on a desktop. */
export function createElectronPorts(options: ElectronPortsOptions): CorePorts {
  const { paths, logger, secrets, getWindow, clock = systemClock } = options
  return {
    paths,
    clock,
    logger,
    secrets,
    power: electronPower,
    progress: createProgressSink(getWindow, clock),
    notifier: electronNotifier,
    opener: createOpener(logger),
  }
}

const electronPower: PowerBlocker = {
  keepDisplayAwake: () => block('prevent-display-sleep'),
  keepComputerAwake: () => block('prevent-app-suspension'),
}

function block(kind: 'prevent-display-sleep' | 'prevent-app-suspension'): Disposable {
  const id = powerSaveBlocker.start(kind)
  let isOver = false
  return {
    [Symbol.dispose]() {
      if (isOver) return
      isOver = true
      powerSaveBlocker.stop(id)
    },
  }
}

/** Taskbars redraw slowly: once a second is enough. */
const progressEveryMs = 1000

function createProgressSink(getWindow: () => BrowserWindow | null, clock: Clock): ProgressSink {
  let next: number | null = null
  let timer: Disposable | null = null
  const draw = (): void => getWindow()?.setProgressBar(next ?? -1)
  return {
    show(fraction) {
      next = fraction
      if (timer !== null) return
      draw()
      timer = clock.after(progressEveryMs, () => {
        timer = null
        draw()
      })
    },
  }
}

const electronNotifier: Notifier = {
  notify(title, body) {
    if (Notification.isSupported()) new Notification({ title, body }).show()
  },
}

const createOpener = (logger: Logger): ExternalOpener => ({
  async open(url) {
    if (isAllowedPage(url)) await shell.openExternal(url)
    else logger.warn('opener.refused', { host: URL.parse(url)?.host })
  },
})
