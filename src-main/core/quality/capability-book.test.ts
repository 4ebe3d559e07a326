import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { asMediaId, asSourceId, type PlayerCapabilities } from '../../../src-preload/contract/index.ts'
import { systemClock } from '../base/clock.ts'
import { openDatabase, type OpenedDatabase } from '../db/open-database.ts'
import { silentLogger } from '../cache/test-support/cache-fixture.ts'
import { makeItem } from '../library/test-support/memory-server.ts'
import type { PlexMedia, PlexPart } from '../plex/model.ts'
import { CapabilityBook } from './capability-book.ts'
import { chromiumCapabilities } from './capabilities.ts'
import { planPlayback } from './play-plan.ts'
import { original } from './quality-name.ts'
import { makeMedia } from './test-support/make-media.ts'

const s = asSourceId('s')
const films: Readonly<Record<string, { readonly media: PlexMedia; readonly part: PlexPart }>> = {
  dolby: makeMedia({}, [{ kind: 'video' }, { kind: 'audio', codec: 'ac3', index: 1 }]),
  alsoDolby: makeMedia({}, [{ kind: 'video' }, { kind: 'audio', codec: 'ac3', index: 1 }]),
  plain: makeMedia(),
  alsoPlain: makeMedia(),
}

let folder: string
let opened: OpenedDatabase
let now = 0
let changes = 0

const open = (): CapabilityBook => {
  const book = new CapabilityBook({
    db: opened.db,
    findPart: (_source, mediaId) =>
      Promise.resolve({ item: makeItem({ ratingKey: '1' }), ...films[mediaId]! }),
    now: () => ++now,
  })
  book.onChange(() => (changes += 1))
  return book
}

beforeEach(() => {
  changes = 0
  folder = mkdtempSync(join(tmpdir(), 'spool-book-'))
  opened = openDatabase({
    path: join(folder, 'library.db'),
    migrationsFolder: join(import.meta.dirname, '../../../migrations/library'),
    clock: systemClock,
    logger: silentLogger,
  })
})
afterEach(() => {
  opened.db.close()
  rmSync(folder, { recursive: true, force: true })
})

const hopeful: PlayerCapabilities = {
  containers: ['mp4'],
  video: chromiumCapabilities.video,
  audio: ['aac', 'ac3'],
  playsRungs: true,
}
const outcomeIn = (book: CapabilityBook, mediaId: string, callerId: string | null): string =>
  planPlayback(
    { quality: original, rung: null, audioStreamId: null, burnedSubtitleId: null },
    {
      key: { sourceId: s, mediaId },
      ...films[mediaId]!,
      capabilities: book.of(callerId),
      connection: 'lan',
      limit: null,
    },
  ).outcome

it('takes the measured table for scripts, the last page for a page that has not spoken, and each page’s own word', () => {
  const book = open()
  expect(book.of('page')).toBe(chromiumCapabilities)
  book.set('page', { agent: 'A', capabilities: hopeful })
  expect(book.of('page')).toMatchObject(hopeful)
  expect(book.of('a page that is just opening')).toMatchObject(hopeful)
  expect(book.of(null)).toBe(chromiumCapabilities)
  const other = { ...hopeful, audio: ['aac'] }
  book.set('other', { agent: 'B', capabilities: other })
  expect(book.of('other')).toMatchObject(other)
  expect(book.of('page')).toMatchObject(hopeful)
  book.wireClosed('page')
  expect(book.of('page')).toMatchObject(other)
})

it('remembers across starts, and tells only of what differs', () => {
  open().set('page', { agent: 'A', capabilities: hopeful })
  expect(changes).toBe(1)
  const next = open()
  expect(next.of('page')).toMatchObject(hopeful)
  next.set('page', { agent: 'A', capabilities: hopeful })
  expect(changes).toBe(1)
})

it('believes its ears more than the engine, and knows whom to blame', async () => {
  const book = open()
  book.set('page', { agent: 'A', capabilities: hopeful })
  expect(outcomeIn(book, 'dolby', 'page')).toBe('direct-play')
  expect(await book.note('page', s, asMediaId('dolby'), 'sound')).toBe(true)
  // The codec is to blame: every film of it.
  expect(outcomeIn(book, 'dolby', 'page')).toBe('direct-stream')
  expect(outcomeIn(book, 'alsoDolby', 'page')).toBe('direct-stream')
  // AAC plays everywhere: only this file is to blame.
  await book.note('page', s, asMediaId('plain'), 'sound')
  expect(outcomeIn(book, 'plain', 'page')).toBe('direct-stream')
  expect(outcomeIn(book, 'alsoPlain', 'page')).toBe('direct-play')
  // At the next start as well, but not in another engine.
  const next = open()
  expect(outcomeIn(next, 'alsoDolby', 'page')).toBe('direct-stream')
  next.set('page', { agent: 'A, updated', capabilities: hopeful })
  expect(outcomeIn(next, 'alsoDolby', 'page')).toBe('direct-play')
  expect(await next.note(null, s, asMediaId('dolby'), 'sound')).toBe(false)
})
