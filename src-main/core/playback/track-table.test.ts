import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { asMediaId, asSourceId } from '../../../src-preload/contract/index.ts'
import { systemClock } from '../base/clock.ts'
import { openDatabase } from '../db/open-database.ts'
import { createTrackTable } from './track-table.ts'

it('remembers the last choice of each file, and that there was none', () => {
  const root = mkdtempSync(join(tmpdir(), 'spool-tracks-'))
  const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
  const migrationsFolder = join(import.meta.dirname, '../../../migrations/library')
  const { db } = openDatabase({ path: join(root, 'l.db'), migrationsFolder, clock: systemClock, logger })
  const table = createTrackTable(db, () => 7)
  const [source, file, other] = [asSourceId('s'), asMediaId('1:10:20'), asMediaId('1:10:21')]
  expect(table.get(source, file)).toBeNull()
  table.put(source, file, { audioId: '2', subtitleId: null })
  table.put(source, file, { audioId: null, subtitleId: '4' })
  expect(table.get(source, file)).toEqual({ audioId: null, subtitleId: '4' })
  expect(table.get(source, other)).toBeNull()
  db.close()
  rmSync(root, { recursive: true })
})
