import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FolderStore } from '../store/folder-store.ts'
import { ManualClock } from '../test-support/manual-clock.ts'
import { SpaceKeeper } from './space-keeper.ts'

let folder: string
let clock: ManualClock
let used: number
let evictable: number
let passes: number[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spool-space-'))
  clock = new ManualClock()
  used = 0
  evictable = 0
  passes = []
})
afterEach(() => rmSync(folder, { recursive: true }))

const keeper = (limitBytes: number): SpaceKeeper =>
  new SpaceKeeper({
    clock,
    freeBytes: () => new FolderStore(folder).freeBytes(),
    limits: { limitBytes, reserveBytes: 0, backgroundKbps: null },
    usedBytes: () => used,
    evict: async (needed) => {
      passes.push(needed)
      await Promise.resolve()
      const freed = Math.min(needed, evictable)
      evictable -= freed
      used -= freed
      return freed
    },
  })

describe('SpaceKeeper', () => {
  it('grants up to the limit, counting what is held', async () => {
    const space = keeper(100)
    const first = await space.reserve(60)
    expect(await space.reserve(60)).toBeNull()
    expect(space.isFull).toBe(true)
    first?.use(20)
    expect(space.reservedBytes).toBe(40)
    expect(await space.reserve(60)).not.toBeNull()
    expect(space.isFull).toBe(false)
    first?.[Symbol.dispose]()
    first?.[Symbol.dispose]()
    expect(space.reservedBytes).toBe(60)
  })

  it('evicts just what is missing, also when several ask at once', async () => {
    used = 100
    evictable = 100
    const space = keeper(100)
    const granted = await Promise.all([space.reserve(30), space.reserve(30), space.reserve(30)])
    expect(granted.every((reservation) => reservation !== null)).toBe(true)
    expect(passes.reduce((sum, bytes) => sum + bytes, 0)).toBe(90)
    expect(used).toBe(10)
  })

  it('makes one emergency pass when the disk is full, and keeps nothing for a minute', async () => {
    const space = keeper(1_000)
    space.onDiskError(Object.assign(new Error('full'), { code: 'ENOSPC' }))
    space.onDiskError(Object.assign(new Error('full'), { code: 'ENOSPC' }))
    expect(await space.reserve(1)).toBeNull()
    expect(space.isFull).toBe(true)
    expect(passes).toHaveLength(1)
    clock.advance(60_001)
    expect(await space.reserve(1)).not.toBeNull()
    expect(space.isFull).toBe(false)
  })

  it('looks again at once when the user made room, and only then', async () => {
    const space = keeper(1_000)
    space.onDiskError(Object.assign(new Error('full'), { code: 'ENOSPC' }))
    await space.onRemoved(0)
    expect(space.isFull).toBe(true)
    await space.onRemoved(500)
    expect(space.isFull).toBe(false)
    expect(await space.reserve(1)).not.toBeNull()
    space.onDiskError(Object.assign(new Error('full'), { code: 'ENOSPC' }))
    await space.setLimits({ limitBytes: 2_000, reserveBytes: 0, backgroundKbps: null })
    expect(await space.reserve(1)).not.toBeNull()
  })

  it('asks the disk again after 256 MiB of its own, however soon, and counts what it wrote itself until then', async () => {
    const mebibyte = 1024 * 1024
    let free = 1_000 * mebibyte
    let probes = 0
    const space = new SpaceKeeper({
      clock,
      freeBytes: () => {
        probes += 1
        return Promise.resolve(free)
      },
      limits: { limitBytes: 10 ** 12, reserveBytes: 100 * mebibyte, backgroundKbps: null },
      usedBytes: () => used,
      evict: () => Promise.resolve(0),
    })
    const write = async (bytes: number): Promise<boolean> => {
      using room = await space.reserve(bytes)
      if (room === null) return false
      used += bytes
      free -= bytes
      return true
    }
    for (let turn = 0; turn < 16; turn += 1) expect(await write(16 * mebibyte)).toBe(true)
    expect(probes).toBe(1)
    expect(space.limitBytes).toBe(900 * mebibyte)
    // Another program took most of the rest meanwhile.
    free = 110 * mebibyte
    expect(await write(16 * mebibyte)).toBe(false)
    expect(probes).toBeGreaterThan(1)
    expect(space.limitBytes).toBe(used + 10 * mebibyte)
    // What it writes itself after a probe raises no limit.
    expect(await write(6 * mebibyte)).toBe(true)
    expect(await write(6 * mebibyte)).toBe(false)
  })

  it('takes other errors of the disk for what they are', async () => {
    const space = keeper(1_000)
    space.onDiskError(Object.assign(new Error('bad'), { code: 'EIO' }))
    expect(passes).toEqual([])
    expect(await space.reserve(1)).not.toBeNull()
  })

  it('trims to a target, and never above the limit', async () => {
    used = 500
    evictable = 500
    const space = keeper(300)
    expect(await space.trimTo(null)).toBe(200)
    expect(await space.trimTo(1_000)).toBe(0)
    expect(await space.trimTo(100)).toBe(200)
    expect(used).toBe(100)
  })
})
