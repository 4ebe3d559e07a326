import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { asMediaId, asQuality, asSourceId, type CacheKey } from '../../../src-preload/contract/index.ts'
import { Emitter } from '../base/emitter.ts'
import type { EntryChange } from '../cache/handle.ts'
import { ManualClock } from '../cache/test-support/manual-clock.ts'
import { openDatabase } from '../db/open-database.ts'
import { chromiumCapabilities } from './capabilities.ts'
import { ladder } from './ladder.ts'
import { buildQualityOptions } from './quality-options.ts'
import { createRungRates } from './rung-rates.ts'
import { makeMedia, makeShelf } from './test-support/make-media.ts'

const quiet = { debug() {}, info() {}, warn() {}, error() {} }
const p720 = ladder.find(({ name }) => name === asQuality('720p-4000k'))!
const keyOf = (mediaId: string, quality = '720p-4000k', sourceId = 'attic'): CacheKey => ({
  sourceId: asSourceId(sourceId),
  mediaId: asMediaId(mediaId),
  quality: asQuality(quality),
})

let folder: string
let clock: ManualClock
let changes: Emitter<EntryChange>
let here: Map<string, { bytesPresent: number; seconds: number }>
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spool-rates-'))
  clock = new ManualClock()
  changes = new Emitter()
  here = new Map()
})
afterEach(() => rmSync(folder, { recursive: true }))

function open() {
  const migrationsFolder = join(import.meta.dirname, '../../../migrations/library')
  const { db } = openDatabase({ path: join(folder, 'library.db'), migrationsFolder, clock, logger: quiet })
  const rates = createRungRates({
    db,
    clock,
    cache: {
      onEntryChange: (listener) => changes.on(listener),
      getCurrentStats: ({ mediaId }) => {
        const { bytesPresent, seconds } = here.get(mediaId)!
        return Promise.resolve({
          bytesPresent,
          present: [{ startMs: 0, endMs: seconds * 1000 }],
        } as never)
      },
    },
  })
  return { rates, close: () => (rates[Symbol.dispose](), db.close()) }
}

async function grow(key: CacheKey, kbps: number, seconds: number): Promise<void> {
  here.set(key.mediaId, { bytesPresent: (kbps * seconds * 1000) / 8, seconds })
  changes.emit({ key, bytesPresent: 1, complete: false, removed: false, replaced: false })
  clock.advance(5000)
  await vi.waitFor(() => Promise.resolve())
}

it('takes a rung for what it is called until something of it came', async () => {
  const { rates, close } = open()
  expect(rates.kbpsOf(keyOf('1'), p720)).toBe(4000)
  await grow(keyOf('1'), 2500, 19)
  expect(rates.kbpsOf(keyOf('1'), p720)).toBe(4000)
  close()
})

it('goes by the copy itself, else by the same rung of other titles of the source, over restarts', async () => {
  const first = open()
  await grow(keyOf('1'), 2500, 100)
  await grow(keyOf('2'), 3500, 300)
  first.close()
  const { rates, close } = open()
  expect(rates.kbpsOf(keyOf('1'), p720)).toBe(2500)
  expect(rates.kbpsOf(keyOf('3'), p720)).toBe(3250)
  expect(rates.kbpsOf(keyOf('3', '720p-4000k', 'cabin'), p720)).toBe(4000)
  const p480 = ladder.find(({ name }) => name === asQuality('480p-1500k'))!
  expect(rates.kbpsOf(keyOf('3', '480p-1500k'), p480)).toBe(1500)
  close()
})

it('corrects the sizes of the menu, and never below what is here', async () => {
  const { rates, close } = open()
  await grow(keyOf('1'), 2000, 100)
  const { media, part } = makeMedia()
  const rows = buildQualityOptions({
    key: { sourceId: 'attic', mediaId: '9' },
    media,
    part,
    shelf: makeShelf({ '480p-1500k': ['partial', 99_000_000, null] }),
    connection: 'lan',
    capabilities: chromiumCapabilities,
    limit: null,
    rates,
  })
  const row = (quality: string) => rows.find((option) => option.quality === quality)
  expect(row('720p-4000k')).toMatchObject({ bytesTotal: 15_000_000, bytesTotalIsEstimate: true })
  expect(row('1080p-8000k')).toMatchObject({ bytesTotal: 60_000_000, bytesTotalIsEstimate: true })
  expect(row('480p-1500k')).toMatchObject({ bytesTotal: 99_000_000, bytesTotalIsEstimate: true })
  close()
})
