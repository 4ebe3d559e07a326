import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Settings, SettingsPatch } from '../../../src-preload/contract/index.ts'
import { systemClock } from '../base/clock.ts'
import type { Logger } from '../ports.ts'
import { defaultSettings } from './default-settings.ts'
import { openSettings } from './settings-service.ts'

const logger: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
let dataDir: string
beforeEach(() => (dataDir = mkdtempSync(join(tmpdir(), 'spool-settings-'))))
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

const open = () => openSettings({ dataDir, clock: systemClock, logger })
const file = () => join(dataDir, 'settings.json')

describe('settings', () => {
  it('begins with defaults and writes nothing', async () => {
    const settings = await open()
    expect(settings.get()).toMatchObject({
      cacheFolder: join(dataDir, 'cache'),
      backgroundKbps: null,
      defaultQuality: { lan: 'automatic', wan: 'automatic', relay: 'automatic' },
      volume: 1,
      isMuted: false,
      theme: 'system',
      allowExternalPlayers: false,
    })
    expect(settings.get().cacheLimitBytes).toBeGreaterThan(0)
    expect(readdirSync(dataDir)).toEqual([])
  })

  it('keeps what was set over a restart, and tells it once', async () => {
    const settings = await open()
    const told: Settings[] = []
    using _ = settings.onChange((next) => told.push(next))
    const value = await settings.set({ volume: 0.5, defaultQuality: { wan: '480p' } })
    expect(value).toMatchObject({ volume: 0.5, defaultQuality: { lan: 'automatic', wan: '480p-1500k' } })
    await settings.set({ volume: 0.5 })
    expect(told).toEqual([value])
    expect((await open()).get()).toEqual(value)
    expect(readdirSync(dataDir)).toEqual(['settings.json'])
  })

  it('applies patches sent at once one after another', async () => {
    const settings = await open()
    await Promise.all([
      settings.set({ volume: 0.1 }),
      settings.set({ isMuted: true }),
      settings.set({ theme: 'dark' }),
    ])
    expect((await open()).get()).toMatchObject({ volume: 0.1, isMuted: true, theme: 'dark' })
  })

  const wrong: readonly (readonly [object, RegExp])[] = [
    [{ volum: 1 }, /volum/],
    [{ volume: 1.5 }, /volume/],
    [{ volume: '1' }, /volume/],
    [{ cacheLimitBytes: -1 }, /cacheLimitBytes: must not be below 0/],
    [{ cacheLimitBytes: 1.5 }, /cacheLimitBytes: must be a whole number/],
    [{ reserveBytes: null }, /reserveBytes/],
    [{ backgroundKbps: 0 }, /backgroundKbps: must be at least 1/],
    [{ cacheFolder: 'cache' }, /cacheFolder: must be an absolute path/],
    [{ cacheFolder: '/dev/null/cache' }, /cacheFolder: Spool cannot write to/],
    [{ defaultQuality: { lan: '999p' } }, /defaultQuality\.lan: "999p" is not a quality/],
    [{ defaultQuality: { lan: '720p-4000k.a7' } }, /is not a quality/],
    [{ defaultQuality: { car: '720p' } }, /car/],
    [{ theme: 'pink' }, /theme/],
    [{ volume: 0.2, theme: 'pink' }, /theme/],
    [[], /./],
  ]
  it.each(wrong)('refuses %j and changes nothing', async (patch, message) => {
    const settings = await open()
    const before = settings.get()
    const failure = await settings.set(patch as SettingsPatch).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'bad-params' })
    expect((failure as Error).message).toMatch(message)
    expect(settings.get()).toEqual(before)
    expect(readdirSync(dataDir)).toEqual([])
    // A refusal does not stand in the way of the next.
    await settings.set({ volume: 0.3 })
  })

  it('takes null, automatic, zero and a folder it can make', async () => {
    const settings = await open()
    const cacheFolder = join(dataDir, 'elsewhere', 'films')
    await settings.set({ backgroundKbps: 800 })
    const value = await settings.set({
      backgroundKbps: null,
      cacheLimitBytes: 0,
      cacheFolder: `${cacheFolder}/../films`,
      defaultQuality: { lan: 'automatic' },
    })
    expect(value).toMatchObject({ backgroundKbps: null, cacheLimitBytes: 0, cacheFolder })
    expect(readdirSync(cacheFolder)).toEqual([])
  })

  it('moves a damaged file aside and begins again', async () => {
    writeFileSync(file(), '{"volume":')
    const settings = await open()
    expect(settings.get().volume).toBe(1)
    expect(readFileSync(settings.damaged?.asidePath ?? '', 'utf8')).toBe('{"volume":')
    await settings.set({ volume: 0.4 })
    expect((await open()).get().volume).toBe(0.4)
  })

  it('keeps the sound fields of a file with a spoilt one', async () => {
    const spoilt = { volume: 'loud', theme: 'dark', defaultQuality: { lan: '720p', wan: 3 }, later: true }
    writeFileSync(file(), JSON.stringify(spoilt))
    const settings = await open()
    expect(settings.damaged).toBeNull()
    expect(settings.get()).toMatchObject({
      volume: 1,
      theme: 'dark',
      defaultQuality: { lan: '720p-4000k', wan: 'automatic' },
    })
  })

  it('does not let the limit that nobody chose shrink as the cache fills', async () => {
    // As much as no disk has: it is told apart from what is free on this one.
    const settings = await openSettings({ dataDir, heldBytes: 2 ** 50, clock: systemClock, logger })
    expect(settings.get().cacheLimitBytes).toBe(100 * 1024 ** 3)
  })

  it('is written for its owner only', async () => {
    const settings = await open()
    await settings.set({ volume: 0.5 })
    expect(statSync(file()).mode & 0o777).toBe(0o600)
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toEqual(settings.get())
  })
})

describe('defaultSettings', () => {
  const gib = 1024 ** 3
  it.each([
    [null, 100 * gib, 5 * gib],
    [{ totalBytes: 1000 * gib, freeBytes: 800 * gib }, 100 * gib, 5 * gib],
    [{ totalBytes: 1000 * gib, freeBytes: 30 * gib }, 15 * gib, 5 * gib],
    [{ totalBytes: 20 * gib, freeBytes: 10 * gib }, 5 * gib, gib],
  ])('of a disk %j', (disk, cacheLimitBytes, reserveBytes) => {
    expect(defaultSettings('/data', disk)).toMatchObject({ cacheLimitBytes, reserveBytes })
  })
})
