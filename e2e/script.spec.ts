import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from './support/fixtures.ts'
import { films, findTitle, keyOf } from './support/titles.ts'

const startPath = '/video/:/transcode/universal/start.m3u8'

test('a player that begins far in costs the server one start', async ({ app, demo }) => {
  const title = await findTitle(app, films.long)
  const { externalUrl } = await app.call('cache.getCachedStreamWithQuality', keyOf(title, '480p'))
  const base = externalUrl ?? ''
  const playlist = await (await fetch(`${base}?start=900000`)).text()
  const names = playlist.split('\n').filter((line) => line.endsWith('.ts'))
  const wanted = names[300] ?? ''
  const segment = await fetch(new URL(wanted, base))
  expect([wanted, segment.status]).toEqual(['300.ts', 200])
  await segment.arrayBuffer()
  expect((await demo.counters()).byPath[startPath]?.requests).toBe(1)
})

test('clients that go away are no errors, and what is left of the file is right', async ({
  app,
  demo,
  dataDir,
}) => {
  const title = await findTitle(app, films.short)
  const stream = await app.call('cache.getCachedStreamWithQuality', keyOf(title, 'original'))
  const total = stream.bytesTotal ?? 0
  await demo.control({ mbps: 20 })
  const leave = async (n: number): Promise<void> => {
    const leaving = new AbortController()
    const start = Math.floor((total * n) / 60)
    const range = { range: `bytes=${start}-` }
    const asked = fetch(stream.externalUrl ?? '', { headers: range, signal: leaving.signal })
    if (n % 2 === 0) await (await asked).body?.getReader().read()
    leaving.abort()
    await asked.catch(() => undefined)
  }
  await Promise.all(Array.from({ length: 60 }, (_, n) => leave(n)))
  await demo.control({ mbps: null })
  expect((await (await fetch(stream.externalUrl ?? '')).arrayBuffer()).byteLength).toBe(total)
  expect(app.stderr()).not.toContain('Error')
  expect(readFileSync(join(dataDir, 'logs/spool.log'), 'utf8')).not.toMatch(/"level":(40|50)/)
})

test('a mark set while the server is off reaches it when somebody tries again', async ({ app, demo }) => {
  const { sourceId, ratingKey } = await findTitle(app, films.short)
  await app.call('library.getItem', { sourceId, ratingKey })
  await demo.control({ serving: false })
  expect(await app.call('accounts.retry', { sourceId })).toMatchObject({ connection: 'offline' })
  await app.call('library.setWatched', { sourceId, ratingKey, isWatched: true })
  expect((await app.call('library.getItem', { sourceId, ratingKey })).isWatched).toBe(true)
  await demo.control({ serving: true })
  expect(await app.call('accounts.retry', { sourceId })).toMatchObject({ connection: 'lan' })
  await expect.poll(async () => (await demo.counters()).byPath['/:/scrobble']?.requests ?? 0).toBe(1)
})

test('what was removed is remembered by its title', async ({ app }) => {
  const title = await findTitle(app, films.short)
  const key = keyOf(title, 'original')
  const { externalUrl } = await app.call('cache.getCachedStreamWithQuality', key)
  await (await fetch(externalUrl ?? '')).arrayBuffer()
  await expect.poll(async () => (await app.call('cache.isCached', key)).cached).toBe(true)
  await app.call('cache.removeFromCache', key)
  expect(await app.call('cache.getHistory', { limit: 2 })).toMatchObject([
    { action: 'removed', title: 'Harbour Lights', quality: 'original' },
    { action: 'completed', title: 'Harbour Lights', quality: 'original' },
  ])
})

test('a range beyond the end says so with its code', async ({ app }) => {
  const title = await findTitle(app, films.short)
  const { externalUrl } = await app.call('cache.getCachedStreamWithQuality', keyOf(title, 'original'))
  const reply = await fetch(externalUrl ?? '', { headers: { range: 'bytes=999999999999-' } })
  expect([reply.status, reply.headers.get('x-spool-error')]).toEqual([416, 'bad-params'])
})
