import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { foldersOf, keepAll } from './support/cached.ts'
import { expect, test } from './support/fixtures.ts'
import { PlayerScreen } from './support/player.ts'
import { fetchServerFile, sha256 } from './support/server-file.ts'
import { films, findTitle, keyOf } from './support/titles.ts'

test('removing 720p leaves Original byte for byte', async ({ app, demo, page }) => {
  test.setTimeout(180_000)
  const title = await findTitle(app, films.short)
  const served = await fetchServerFile(demo, films.short)
  await keepAll(app, keyOf(title, 'original'))
  await keepAll(app, keyOf(title, '720p'))
  expect(foldersOf(app, '720p-4000k')).toHaveLength(1)

  const { freedBytes } = await app.call('cache.removeFromCache', keyOf(title, '720p'))
  expect(freedBytes).toBeGreaterThan(1_000_000)
  await expect.poll(() => foldersOf(app, '720p-4000k')).toHaveLength(0)

  const [folder] = foldersOf(app, 'original')
  if (folder === undefined) throw new Error('Original is gone')
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  const media = files
    .map((file) => readFileSync(join(file.parentPath, file.name)))
    .filter(({ length }) => length === served.bytes.length)
  expect(media.map(sha256)).toEqual([served.sha256])

  const player = new PlayerScreen(page)
  await player.open(app, title, 'original')
  const menu = await player.openQualityMenu()
  const here = menu.getByRole('group', { name: 'On this computer' })
  await expect(here.getByRole('menuitemradio', { name: /^Original/ })).toBeVisible()
  await expect(here.getByRole('menuitemradio', { name: /^720p/ })).toHaveCount(0)
  const [row] = await app.call('cache.getHistory', { limit: 1 })
  expect(row).toMatchObject({ action: 'removed', quality: '720p-4000k' })
})

test('a complete Original equals the server’s file, read in random ranges through its external URL', async ({
  app,
  demo,
}) => {
  const title = await findTitle(app, films.heavy)
  const served = await fetchServerFile(demo, films.heavy)
  await keepAll(app, keyOf(title, 'original'))
  const stream = await app.call('cache.getCachedStreamWithQuality', keyOf(title, 'original'))
  expect(stream).toMatchObject({
    complete: true,
    bytesPresent: served.bytes.length,
    bytesTotal: served.bytes.length,
  })
  const url = stream.externalUrl ?? ''

  await demo.resetCounters()
  const whole = Buffer.alloc(served.bytes.length)
  const cuts = randomCuts(served.bytes.length, 60)
  for (const [start, end] of shuffled(cuts)) {
    const reply = await fetch(url, { headers: { range: `bytes=${start}-${end - 1}` } })
    expect(reply.status).toBe(206)
    expect(reply.headers.get('content-range')).toBe(`bytes ${start}-${end - 1}/${served.bytes.length}`)
    const bytes = Buffer.from(await reply.arrayBuffer())
    expect(bytes.length).toBe(end - start)
    bytes.copy(whole, start)
  }
  expect(sha256(whole)).toBe(served.sha256)
  expect((await demo.counters()).byPath[served.path], 'all of it came from this computer').toBeUndefined()

  const refused = await fetch(url.replace(/\/x\/([^/]+)\/[^/]{4}/, '/x/$1/AAAA'))
  expect(refused.status).toBe(403)
  expect(refused.headers.get('x-spool-error')).toBe('bad-token')
})

/** Cuts `[0, size)` into pieces at random places. */
function randomCuts(size: number, pieces: number): [number, number][] {
  const places = [
    ...new Set(Array.from({ length: pieces - 1 }, () => 1 + Math.floor(Math.random() * (size - 1)))),
  ]
  const edges = [0, ...places.sort((a, b) => a - b), size]
  return edges.slice(1).map((end, index) => [edges[index] ?? 0, end])
}

const shuffled = <T>(list: readonly T[]): T[] =>
  list
    .map((value) => ({ value, rank: Math.random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ value }) => value)
