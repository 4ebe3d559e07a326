import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Clock } from '../core/base/clock.ts'
import { createFileSecretStore } from '../shell-common/file-secret-store.ts'
import { createElectronPorts } from './electron-ports.ts'
import * as electron from './fake/fake-electron.ts'
import { arranged, told } from './fake/fake-electron.ts'
import { createKeychainSecretStore } from './keychain-secret-store.ts'

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
let dataDir: string

beforeEach(() => {
  electron.resetElectron()
  dataDir = mkdtempSync(join(tmpdir(), 'spool-ports-'))
})
afterEach(() => rmSync(dataDir, { recursive: true }))

const openSecrets = () =>
  createKeychainSecretStore({
    sealed: createFileSecretStore(dataDir, 'secrets-sealed.json'),
    plain: createFileSecretStore(dataDir),
    logger: quiet,
  })
const onDisk = (name: string): string => readFileSync(join(dataDir, name), 'utf8')

test('secrets are sealed on disk', async () => {
  const secrets = await openSecrets()
  await secrets.set('server', 'tok3n')
  expect(onDisk('secrets-sealed.json')).not.toContain('tok3n')
  expect(await (await openSecrets()).get('server')).toBe('tok3n')
  await secrets.delete('server')
  expect(await secrets.get('server')).toBeNull()
})

test('what the browser shell kept in the open is sealed when it is first read', async () => {
  await createFileSecretStore(dataDir).set('server', 'tok3n')
  expect(await (await openSecrets()).get('server')).toBe('tok3n')
  expect(onDisk('secrets.json')).not.toContain('tok3n')
  expect(await (await openSecrets()).get('server')).toBe('tok3n')
})

test('a newer key of the keychain seals them again, a lost one loses them and nothing else', async () => {
  await (await openSecrets()).set('server', 'tok3n')
  const before = onDisk('secrets-sealed.json')
  arranged.keyVersion = 2
  expect(await (await openSecrets()).get('server')).toBe('tok3n')
  expect(onDisk('secrets-sealed.json')).not.toBe(before)
  arranged.keyVersion = 1
  expect(await (await openSecrets()).get('server')).toBeNull()
})

test('without a keychain they are where the browser shell keeps them', async () => {
  arranged.canEncrypt = false
  await (await openSecrets()).set('server', 'tok3n')
  expect(await createFileSecretStore(dataDir).get('server')).toBe('tok3n')
})

function setUpPorts() {
  const timers: (() => void)[] = []
  const clock: Clock = {
    now: () => 0,
    monotonicMs: () => 0,
    after(_delayMs, callback) {
      timers.push(callback)
      return { [Symbol.dispose]: () => undefined }
    },
  }
  const window = new electron.BrowserWindow()
  const ports = createElectronPorts({
    paths: { dataDir, migrationsDir: dataDir },
    logger: quiet,
    secrets: createFileSecretStore(dataDir),
    getWindow: () => window as never,
    clock,
  })
  return { ports, window, timers }
}

test('keeps the computer awake until disposed, once', () => {
  const { ports } = setUpPorts()
  const display = ports.power.keepDisplayAwake()
  const computer = ports.power.keepComputerAwake()
  expect([...told.powerBlocks.values()]).toEqual(['prevent-display-sleep', 'prevent-app-suspension'])
  display[Symbol.dispose]()
  display[Symbol.dispose]()
  expect([...told.powerBlocks.values()]).toEqual(['prevent-app-suspension'])
  computer[Symbol.dispose]()
  expect(told.powerBlocks.size).toBe(0)
})

test('draws progress at once, then once a second the latest, and takes it away', () => {
  const { ports, window, timers } = setUpPorts()
  ports.progress.show(0.1)
  ports.progress.show(0.2)
  ports.progress.show(0.3)
  expect(window.progress).toEqual([0.1])
  timers.shift()?.()
  expect(window.progress).toEqual([0.1, 0.3])
  ports.progress.show(null)
  expect(window.progress.at(-1)).toBe(-1)
})

test('opens only pages of its list, and notifies', async () => {
  const { ports } = setUpPorts()
  for (const url of [
    'https://app.plex.tv/auth',
    'http://app.plex.tv/',
    'https://app.plex.tv.evil.example/',
    'https://user@app.plex.tv/',
    'file:///etc/passwd',
    'nonsense',
  ])
    await ports.opener.open(url)
  expect(told.openedPages).toEqual(['https://app.plex.tv/auth'])
  ports.notifier.notify('Meridian', 'is on this computer')
  expect(told.notifications).toEqual([{ title: 'Meridian', body: 'is on this computer' }])
})
