import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { PreloadWire, ServerFrame } from '../../src-preload/contract/index.ts'
import { openDatabase } from '../core/db/open-database.ts'
import { systemClock } from '../core/base/clock.ts'
import { readFlags } from '../shell-common/read-flags.ts'
import * as electron from './fake/fake-electron.ts'
import { arranged, cancelable, contextBridge, ipcRenderer, told } from './fake/fake-electron.ts'
import { runElectronShell } from './run-electron-shell.ts'

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
const root = join(import.meta.dirname, '../..')
let folder: string
let dataDir: string
let stdout: string[]

/** What the shell hangs on the process goes with each test. */
const processEvents = ['SIGTERM', 'SIGINT', 'SIGHUP', 'unhandledRejection'] as const
let listenersBefore: Map<NodeJS.Signals, readonly unknown[]>

beforeEach(() => {
  listenersBefore = new Map(
    processEvents.map((name) => [name as NodeJS.Signals, process.listeners(name as NodeJS.Signals)]),
  )
  electron.resetElectron()
  folder = mkdtempSync(join(tmpdir(), 'spool-electron-'))
  dataDir = join(folder, 'data')
  mkdirSync(join(folder, 'page/assets'), { recursive: true })
  writeFileSync(join(folder, 'page/index.html'), '<title>Spool</title>')
  stdout = []
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => stdout.push(String(text)) > 0)
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true)
})

afterEach(async () => {
  if (!told.hasQuit && electron.app.listenerCount('before-quit') > 0) {
    electron.app.quit()
    await vi.waitFor(() => expect(told.hasQuit).toBe(true), 5000)
  }
  for (const [name, listeners] of listenersBefore)
    for (const listener of process.listeners(name))
      if (!listeners.includes(listener)) process.off(name, listener)
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true, force: true })
})

const run = (args: readonly string[] = []): Promise<void> =>
  runElectronShell({
    flags: readFlags(args),
    dataDir,
    migrationsDir: join(root, 'migrations'),
    pageDir: join(folder, 'page'),
    preloadPath: '/app/out/preload/index.cjs',
  })

function mainWindow(): electron.BrowserWindow {
  const [window] = told.windows
  if (window === undefined) throw new Error('no window')
  return window
}

const get = async (url: string, headers: Record<string, string> = {}): Promise<Response> => {
  const handler = told.protocolHandlers.get('spool')
  if (!handler) throw new Error('no handler')
  return await handler(new Request(url, { headers }))
}

/** A frame as it arrives in main: from the page, unless told otherwise. */
function send(
  frame: unknown,
  from: { contents?: number; origin?: string; isChild?: boolean; isGone?: boolean } = {},
): void {
  const senderFrame = { parent: from.isChild ? {} : null, origin: from.origin ?? 'spool://app' }
  const sender = { id: from.contents ?? mainWindow().webContents.id }
  electron.ipcMain.emit('spool:frame', { sender, senderFrame: from.isGone ? null : senderFrame }, frame)
}

const received = (): readonly ServerFrame[] =>
  mainWindow().webContents.sent.map(({ args }) => JSON.parse(args[0] as string) as ServerFrame)

const callInfo = (id: number): string => JSON.stringify({ t: 'call', id, m: 'app.getInfo', p: {} })

describe('start', () => {
  test('says before ready what has to be said before', async () => {
    const ready = Promise.withResolvers<void>()
    arranged.isReady = ready.promise
    const running = run()
    expect(told.privileges).toEqual([
      [
        {
          scheme: 'spool',
          privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
        },
      ],
    ])
    expect(told.isSandboxed).toBe(true)
    expect(told.crashReporter?.uploadToServer).toBe(false)
    expect(told.paths.get('userData')).toBe(`${dataDir}-window`)
    expect(told.windows).toEqual([])
    ready.resolve()
    await running
    expect(told.windows).toHaveLength(1)
  })

  test('opens one window that can do nothing but show our page', async () => {
    await run()
    const { options, loadedUrl, isShown } = mainWindow()
    expect(options).toMatchObject({
      minWidth: 940,
      minHeight: 600,
      show: false,
      name: 'main',
      windowStatePersistence: true,
    })
    expect(options.webPreferences).toEqual({
      preload: '/app/out/preload/index.cjs',
      nodeIntegration: false,
      contextIsolation: true,
      sandbox: true,
      webSecurity: true,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    })
    expect([loadedUrl, isShown]).toEqual(['spool://app/', true])
  })

  test('a second start shows the window of the first and ends', async () => {
    await run()
    mainWindow().minimized = true
    electron.app.emit('second-instance')
    expect([mainWindow().minimized, mainWindow().isFocused]).toEqual([false, true])

    arranged.isFirstInstance = false
    await run(['--json'])
    expect(told.exitCode).toBe(1)
    expect(JSON.parse(stdout.at(-1) ?? '')).toMatchObject({
      error: { message: expect.stringContaining('already runs') },
    })
    expect(told.windows).toHaveLength(1)
  })

  test('a folder that the browser shell has is left alone', async () => {
    mkdirSync(dataDir)
    writeFileSync(join(dataDir, 'lock'), JSON.stringify({ pid: process.ppid, port: 4000, startTime: null }))
    await run()
    expect(told.exitCode).toBe(1)
    expect(told.privileges).toEqual([])
  })

  test('a start that fails is told to the user, and gives the folder back', async () => {
    mkdirSync(dataDir)
    const { db } = openDatabase({
      path: join(dataDir, 'library.db'),
      migrationsFolder: join(root, 'migrations/library'),
      clock: systemClock,
      logger: quiet,
    })
    db.pragma('user_version = 999')
    db.close()
    await run(['--json'])
    expect(told.exitCode).toBe(1)
    expect(told.errorBoxes[0]?.content).toContain('newer Spool')
    expect(JSON.parse(stdout.at(-1) ?? '')).toMatchObject({ error: { code: 'database-damaged' } })
    expect(() => readFileSync(join(dataDir, 'lock'))).toThrow('ENOENT')
  })

  test('says in one line where it is, once it is there', async () => {
    await run(['--json'])
    expect(stdout).toHaveLength(1)
    expect(JSON.parse(stdout[0] ?? '')).toEqual({
      app: 'spool://app/',
      rpc: null,
      token: null,
      pid: process.pid,
      shell: 'electron',
      dataDir,
    })
  })
})

describe('the origin', () => {
  test('serves the page with its policy, media by their own rules, and nothing of other hosts', async () => {
    await run()
    const page = await get('spool://app/item/abc/1')
    expect(await page.text()).toBe('<title>Spool</title>')
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'")
    const media = await get('spool://app/media/99/file.mp4', { range: 'bytes=0-' })
    expect([media.status, media.headers.get('x-spool-error')]).toEqual([404, 'unknown-media'])
    for (const url of [
      'spool://other/',
      'spool://app.evil/',
      'spool://app/x/1/token/file.mp4',
      'spool://app/none.js',
    ])
      expect([url, (await get(url)).status]).toEqual([url, 404])
  })

  test('cannot be left: pages, frames, redirects and windows', async () => {
    await run()
    const { webContents } = mainWindow()
    for (const name of ['will-navigate', 'will-redirect', 'will-frame-navigate']) {
      const judge = (url: string): boolean => {
        const event = cancelable({ url })
        webContents.emit(name, event)
        return event.defaultPrevented
      }
      expect([name, judge('spool://app/item/1')]).toEqual([name, false])
      for (const url of ['https://example.com/', 'spool://app.evil/', 'file:///etc/passwd', 'javascript:1'])
        expect([name, url, judge(url)]).toEqual([name, url, true])
    }
    const webview = cancelable({})
    webContents.emit('will-attach-webview', webview)
    expect(webview.defaultPrevented).toBe(true)
    const open = (url: string): unknown => webContents.openHandler?.({ url } as never)
    expect(open('https://app.plex.tv/desktop')).toEqual({ action: 'deny' })
    expect(open('https://evil.example/')).toEqual({ action: 'deny' })
    expect(open('file:///etc/passwd')).toEqual({ action: 'deny' })
    expect(told.openedPages).toEqual(['https://app.plex.tv/desktop'])
  })

  test('gets what a player needs of the computer, and no local network', async () => {
    await run()
    const { permissionCheck, permissionRequest, device, displayMedia } = electron.session.defaultSession
    const check = (permission: string, origin: string): unknown =>
      permissionCheck?.(null, permission as never, origin, {} as never)
    const ask = (permission: string, requestingUrl: string): boolean | null => {
      let answer: boolean | null = null
      permissionRequest?.({} as never, permission as never, (granted) => (answer = granted), {
        requestingUrl,
      } as never)
      return answer
    }
    for (const permission of [
      'fullscreen',
      'speaker-selection',
      'clipboard-sanitized-write',
      'screen-wake-lock',
    ]) {
      expect([permission, check(permission, 'spool://app/'), ask(permission, 'spool://app/x')]).toEqual([
        permission,
        true,
        true,
      ])
      expect([
        permission,
        check(permission, 'https://evil.example/'),
        ask(permission, 'https://evil.example/'),
      ]).toEqual([permission, false, false])
    }
    for (const permission of [
      'local-network',
      'loopback-network',
      'local-network-access',
      'media',
      'geolocation',
      'mediaKeySystem',
      'openExternal',
    ])
      expect([permission, check(permission, 'spool://app/'), ask(permission, 'spool://app/')]).toEqual([
        permission,
        false,
        false,
      ])
    expect(device?.({} as never)).toBe(false)
    let streams: unknown
    displayMedia?.({} as never, (given) => (streams = given))
    expect(streams).toEqual({})
  })
})

describe('the wire', () => {
  test('answers the page', async () => {
    await run()
    send(callInfo(1))
    await vi.waitFor(() => expect(received()).toHaveLength(1))
    expect(received()[0]).toMatchObject({ t: 'ok', id: 1, v: { shell: 'electron', dataDir } })
  })

  test('hears nobody else: other windows, frames inside, other origins, frames that are gone', async () => {
    await run()
    for (const from of [
      { contents: 999 },
      { isChild: true },
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { isGone: true },
    ])
      send(callInfo(1), from)
    send({ t: 'call' })
    send(callInfo(2))
    await vi.waitFor(() => expect(received()).toHaveLength(1))
    expect(received()).toMatchObject([{ id: 2 }])
  })

  test('is a new one after every load of the page, and the old one answers no more', async () => {
    await run()
    const { webContents } = mainWindow()
    send(JSON.stringify({ t: 'sub', topic: 'cache.stats' }))
    await vi.waitFor(() => expect(received().length).toBeGreaterThan(0))
    webContents.emit('did-navigate', {}, 'spool://app/', 200, 'OK')
    webContents.sent.length = 0
    // The same number again: a wire that had not been renewed would take that for a breach.
    send(callInfo(1))
    send(callInfo(2))
    await vi.waitFor(() => expect(received()).toHaveLength(2))
    expect(webContents.reloads).toBe(0)
  })

  test('a page that breaks the rules is loaded anew', async () => {
    await run()
    send('{"t":"what"}')
    expect(mainWindow().webContents.reloads).toBe(1)
    send(callInfo(1))
    await vi.waitFor(() => expect(received()).toHaveLength(1))
  })

  test('a page that crashes is loaded again, but not for ever', async () => {
    await run()
    const { webContents } = mainWindow()
    for (let time = 0; time < 3; time += 1)
      webContents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 5 })
    expect(webContents.reloads).toBe(1)
  })
})

describe('external players', () => {
  const set = async (allowExternalPlayers: boolean): Promise<void> => {
    mainWindow().webContents.sent.length = 0
    send(JSON.stringify({ t: 'call', id: 77, m: 'settings.set', p: { allowExternalPlayers } }))
    await vi.waitFor(() => expect(received()).toMatchObject([{ t: 'ok', id: 77 }]))
  }

  test('are let in on loopback only while the user allows them', async () => {
    await run(['--json'])
    await set(true)
    electron.app.quit()
    await vi.waitFor(() => expect(told.hasQuit).toBe(true))

    // Remembered: the next start listens, and says where.
    electron.resetElectron()
    await run(['--json'])
    const { rpc, token } = JSON.parse(stdout.at(-1) ?? '') as { rpc: string; token: string }
    const call = (headers: Record<string, string>): Promise<Response> =>
      fetch(rpc, { method: 'POST', headers, body: '{"method":"app.getInfo"}' })
    expect((await call({})).status).toBe(401)
    const reply = await call({ authorization: `Bearer ${token}` })
    expect(await reply.json()).toMatchObject({ ok: true, value: { shell: 'electron' } })
    const origin = new URL(rpc).origin
    for (const path of ['/', `/?token=${token}`, '/media/1/file.mp4', '/wire'])
      expect([path, (await fetch(origin + path)).status]).toEqual([path, 404])
    expect((await fetch(`${origin}/x/1/wrong/file.mp4`)).status).toBe(403)

    await set(false)
    await vi.waitFor(async () => await expect(fetch(rpc)).rejects.toThrow())
  })
})

describe('the end', () => {
  test('comes with the window, after the core has closed, and gives the folder back', async () => {
    await run()
    mainWindow().close()
    expect(told.hasQuit).toBe(false)
    await vi.waitFor(() => expect(told.hasQuit).toBe(true), 4000)
    expect(() => readFileSync(join(dataDir, 'lock'))).toThrow('ENOENT')
  })

  test('the computer going down takes the same path', async () => {
    await run()
    const event = cancelable({})
    electron.powerMonitor.emit('shutdown', event)
    expect(event.defaultPrevented).toBe(true)
    await vi.waitFor(() => expect(told.hasQuit).toBe(true), 4000)
  })
})

test('the preload gives the page two functions and nothing of Electron', async () => {
  await import('../../src-preload/index.ts')
  const wire = contextBridge.exposed.get('spool') as PreloadWire
  expect(Object.keys(wire).sort()).toEqual(['onFrame', 'post'])
  wire.post('{"t":"sub"}')
  expect(ipcRenderer.sent).toEqual([{ channel: 'spool:frame', args: ['{"t":"sub"}'] }])
  const frames: unknown[] = []
  const stop = wire.onFrame((...args: unknown[]) => frames.push(args))
  ipcRenderer.emit('spool:frame', { sender: 'secret' }, 'frame')
  stop()
  ipcRenderer.emit('spool:frame', {}, 'after')
  expect(frames).toEqual([['frame']])
})
