/**
 * Electron as far as the shell uses it, for tests in plain Node: every part is checked against Electron's own types, and behaves as its
 * manual says. What the shell told it is kept in `told`.
 */
import { EventEmitter } from 'node:events'
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type * as Electron from 'electron'

/** What a window's page receives, and what Electron was told. Cleared by `resetElectron`. */
export const told = {
  paths: new Map<string, string>(),
  privileges: [] as Electron.CustomScheme[][],
  protocolHandlers: new Map<string, (request: Request) => Response | Promise<Response>>(),
  windows: [] as BrowserWindow[],
  openedPages: [] as string[],
  errorBoxes: [] as { title: string; content: string }[],
  notifications: [] as Electron.NotificationConstructorOptions[],
  powerBlocks: new Map<number, string>(),
  isSandboxed: false,
  hasQuit: false,
  exitCode: null as number | null,
  crashReporter: null as Electron.CrashReporterStartOptions | null,
  menu: null as readonly Electron.MenuItemConstructorOptions[] | null,
}

/** What a test may arrange before. */
export const arranged = { isFirstInstance: true, canEncrypt: true, keyVersion: 1, isReady: Promise.resolve() }

export function resetElectron(): void {
  for (const emitter of [app, ipcMain, powerMonitor]) emitter.removeAllListeners()
  told.paths.clear()
  told.privileges = []
  told.protocolHandlers.clear()
  told.windows = []
  told.openedPages = []
  told.errorBoxes = []
  told.notifications = []
  told.powerBlocks.clear()
  told.isSandboxed = false
  told.hasQuit = false
  told.exitCode = null
  told.crashReporter = null
  told.menu = null
  Object.assign(arranged, {
    isFirstInstance: true,
    canEncrypt: true,
    keyVersion: 1,
    isReady: Promise.resolve(),
  })
  session.defaultSession = new FakeSession()
}

/** An event whose default can be prevented, with whatever else it carries. */
export function cancelable<T extends object>(
  details: T,
): T & { preventDefault(): void; readonly defaultPrevented: boolean } {
  let isPrevented = false
  return {
    ...details,
    preventDefault: () => void (isPrevented = true),
    get defaultPrevented() {
      return isPrevented
    },
  }
}

const appMethods = {
  isPackaged: false,
  /** The folder Electron was started with when it has a package.json; started with a file, that file's folder. */
  getAppPath() {
    const given = resolve(process.argv[1] ?? '.')
    return existsSync(join(given, 'package.json')) ? given : dirname(given)
  },
  setPath: (name, path) => void told.paths.set(name, path),
  requestSingleInstanceLock: () => arranged.isFirstInstance,
  enableSandbox: () => void (told.isSandboxed = true),
  whenReady: () => arranged.isReady,
  exit: (code = 0) => void (told.exitCode = code),
  quit() {
    const event = cancelable({})
    app.emit('before-quit', event)
    if (!event.defaultPrevented) told.hasQuit = true
  },
} satisfies Partial<Electron.App>
export const app = Object.assign(new EventEmitter(), appMethods)

export const ipcMain = new EventEmitter()
export const powerMonitor = new EventEmitter()

export const protocol = {
  registerSchemesAsPrivileged: (schemes) => void told.privileges.push(schemes),
  handle: (scheme, handler) => void told.protocolHandlers.set(scheme, handler),
} satisfies Partial<Electron.Protocol>

type HandlerOf<Name extends keyof Electron.Session> = Electron.Session[Name] extends (
  handler: infer H,
  ...rest: never[]
) => void
  ? NonNullable<H>
  : never

class FakeSession implements Partial<Electron.Session> {
  permissionRequest: HandlerOf<'setPermissionRequestHandler'> | null = null
  permissionCheck: HandlerOf<'setPermissionCheckHandler'> | null = null
  device: HandlerOf<'setDevicePermissionHandler'> | null = null
  displayMedia: HandlerOf<'setDisplayMediaRequestHandler'> | null = null
  setPermissionRequestHandler(handler: HandlerOf<'setPermissionRequestHandler'> | null): void {
    this.permissionRequest = handler
  }
  setPermissionCheckHandler(handler: HandlerOf<'setPermissionCheckHandler'> | null): void {
    this.permissionCheck = handler
  }
  setDevicePermissionHandler(handler: HandlerOf<'setDevicePermissionHandler'> | null): void {
    this.device = handler
  }
  setDisplayMediaRequestHandler(handler: HandlerOf<'setDisplayMediaRequestHandler'> | null): void {
    this.displayMedia = handler
  }
}
export const session = { defaultSession: new FakeSession() }

let nextContentsId = 1

class FakeWebContents
  extends EventEmitter
  implements Pick<Electron.WebContents, 'id' | 'send' | 'reload' | 'isDestroyed'>
{
  readonly id = nextContentsId++
  readonly sent: { readonly channel: string; readonly args: readonly unknown[] }[] = []
  openHandler: Parameters<Electron.WebContents['setWindowOpenHandler']>[0] | null = null
  reloads = 0
  isGone = false
  send(channel: string, ...args: unknown[]): void {
    if (this.isGone) throw new TypeError('Object has been destroyed')
    this.sent.push({ channel, args })
  }
  reload(): void {
    this.reloads += 1
    this.emit('did-navigate', {}, 'spool://app/', 200, 'OK')
  }
  isDestroyed(): boolean {
    return this.isGone
  }
  setWindowOpenHandler(handler: Parameters<Electron.WebContents['setWindowOpenHandler']>[0]): void {
    this.openHandler = handler
  }
}

export class BrowserWindow
  extends EventEmitter
  implements
    Pick<
      Electron.BrowserWindow,
      'show' | 'focus' | 'restore' | 'isMinimized' | 'isDestroyed' | 'setProgressBar' | 'loadURL'
    >
{
  readonly options: Electron.BrowserWindowConstructorOptions
  readonly webContents = new FakeWebContents()
  readonly progress: number[] = []
  loadedUrl: string | null = null
  isShown = false
  isFocused = false
  minimized = false

  constructor(options: Electron.BrowserWindowConstructorOptions = {}) {
    super()
    this.options = options
    told.windows.push(this)
    app.emit('browser-window-created', {}, this)
    app.emit('web-contents-created', {}, this.webContents)
  }
  async loadURL(url: string): Promise<void> {
    this.loadedUrl = url
    this.webContents.emit('did-navigate', {}, url, 200, 'OK')
    this.emit('ready-to-show')
  }
  show(): void {
    this.isShown = true
  }
  focus(): void {
    this.isFocused = true
  }
  restore(): void {
    this.minimized = false
  }
  isMinimized(): boolean {
    return this.minimized
  }
  isDestroyed(): boolean {
    return this.webContents.isGone
  }
  setProgressBar(fraction: number): void {
    this.progress.push(fraction)
  }
  /** As if the user closed it. */
  close(): void {
    this.webContents.isGone = true
    this.webContents.emit('destroyed')
    this.emit('closed')
    told.windows = told.windows.filter((window) => window !== this)
    if (told.windows.length === 0) app.emit('window-all-closed')
  }
}

/** Reverses the text, under a key that can change. */
export const safeStorage = {
  getSelectedStorageBackend: () => (arranged.canEncrypt ? 'gnome_libsecret' : 'basic_text'),
  isAsyncEncryptionAvailable: async () => arranged.canEncrypt,
  encryptStringAsync: async (text) => Buffer.from(`${arranged.keyVersion}:${[...text].reverse().join('')}`),
  decryptStringAsync: async (sealed) => {
    const [, version, text] = /^(\d+):(.*)$/s.exec(sealed.toString()) ?? []
    if (text === undefined || Number(version) > arranged.keyVersion) throw new Error('Error while decrypting')
    return { result: [...text].reverse().join(''), shouldReEncrypt: Number(version) < arranged.keyVersion }
  },
} satisfies Partial<Electron.SafeStorage>

let nextBlockId = 1
export const powerSaveBlocker = {
  start(kind) {
    told.powerBlocks.set(nextBlockId, kind)
    return nextBlockId++
  },
  stop: (id) => told.powerBlocks.delete(id),
} satisfies Partial<Electron.PowerSaveBlocker>

export class Notification {
  static isSupported(): boolean {
    return true
  }
  readonly #options: Electron.NotificationConstructorOptions
  constructor(options: Electron.NotificationConstructorOptions) {
    this.#options = options
  }
  show(): void {
    told.notifications.push(this.#options)
  }
}

export const shell = {
  openExternal: async (url) => void told.openedPages.push(url),
} satisfies Partial<Electron.Shell>

export const dialog = {
  showErrorBox: (title, content) => void told.errorBoxes.push({ title, content }),
} satisfies Partial<Electron.Dialog>

export const crashReporter = {
  start: (options) => void (told.crashReporter = options),
} satisfies Partial<Electron.CrashReporter>

export const nativeTheme = { shouldUseDarkColors: true } satisfies Partial<Electron.NativeTheme>

export const Menu = {
  buildFromTemplate: (template: Electron.MenuItemConstructorOptions[]) => template,
  setApplicationMenu: (menu: Electron.MenuItemConstructorOptions[]) => void (told.menu = menu),
}

/** The page's side, for the preload. */
export const ipcRenderer = Object.assign(new EventEmitter(), {
  sent: [] as { readonly channel: string; readonly args: readonly unknown[] }[],
  send(channel: string, ...args: unknown[]): void {
    ipcRenderer.sent.push({ channel, args })
  },
})

export const contextBridge = {
  exposed: new Map<string, unknown>(),
  exposeInMainWorld: (name: string, value: unknown) => void contextBridge.exposed.set(name, value),
}
