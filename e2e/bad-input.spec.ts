import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { asMediaId, asQuality, asSourceId } from '../src-preload/contract/index.ts'
import { expect, test } from './support/fixtures.ts'
import { films, findTitle, keyOf } from './support/titles.ts'

test('each mistake has its own code and a sentence', async ({ app }) => {
  const title = await findTitle(app, films.long)
  const good = keyOf(title, '720p')
  const refused = async (key: typeof good): Promise<string> => {
    const outcome = await app.ask('cache.getCachedStreamWithQuality', key)
    if (outcome.ok) return 'ok'
    expect(outcome.error.message.length).toBeGreaterThan(20)
    return outcome.error.code
  }
  expect(await refused(good)).toBe('ok')
  expect(await refused({ ...good, sourceId: asSourceId('nobody') })).toBe('unknown-source')
  expect(await refused({ ...good, mediaId: asMediaId('101:1011:999') })).toBe('unknown-media')
  expect(await refused({ ...good, mediaId: asMediaId('not an id') })).toBe('unknown-media')
  expect(await refused({ ...good, quality: asQuality('721p') })).toBe('unknown-quality')
  expect(await refused({ ...good, quality: asQuality('2160p-20000k') })).toBe('quality-above-source')

  const raw = async (body: string, headers: Record<string, string> = {}): Promise<[number, string]> => {
    const reply = await fetch(app.rpc, {
      method: 'POST',
      headers: { authorization: `Bearer ${app.token}`, 'content-type': 'application/json', ...headers },
      body,
    })
    const answer = (await reply.json()) as { error?: { code: string } }
    return [reply.status, answer.error?.code ?? 'ok']
  }
  expect(await raw('{"method":"cache.fly","params":{}}')).toEqual([200, 'unknown-method'])
  expect(await raw('{"method":"cache.isCached","params":{"sourceId":1}}')).toEqual([200, 'bad-params'])
  expect(await raw('no json')).toEqual([400, 'bad-params'])
  expect(await raw('{"method":"cache.getStats","params":{}}', { authorization: 'Bearer wrong' })).toEqual([
    401,
    'bad-token',
  ])
  expect((await raw(JSON.stringify({ method: 'x'.repeat(2_000_000), params: {} })))[0]).toBe(413)
})

test('a media address with a wrong token, and one whose entry is gone', async ({ app }) => {
  const title = await findTitle(app, films.short)
  const { externalUrl, url } = await app.call('cache.getCachedStreamWithQuality', keyOf(title, 'original'))
  const origin = new URL(app.app).origin
  expect((await fetch(`${origin}${url}`)).status, 'the page’s address needs the page’s cookie').toBe(401)
  await app.call('cache.removeFromCache', keyOf(title, 'original'))
  const gone = await fetch(externalUrl ?? '')
  expect([gone.status, gone.headers.get('x-spool-error')]).toEqual([404, 'unknown-media'])
})

test('a server that is off: the app opens and says so', async ({ app, demo, page }) => {
  await demo.control({ serving: false })
  await page.goto(app.app)
  await expect(page.getByText('does not answer', { exact: false }).first()).toBeVisible({ timeout: 20_000 })
  await expect(page.getByText('What is on Attic appears here as soon as it answers.')).toBeVisible()
  const outcome = await app.ask('accounts.addServer', { address: '127.0.0.1:9', token: 'x' })
  expect(outcome).toMatchObject({ ok: false, error: { code: 'source-unreachable' } })
})

test('a broken database is set aside, and the app says so', async ({ restartApp, dataDir, page }) => {
  const first = await restartApp()
  const title = await findTitle(first, films.short)
  const before = await first.call('cache.getCachedStreamWithQuality', keyOf(title, 'original'))
  await first.stop()
  for (const name of ['cache.db', 'library.db'])
    writeFileSync(join(dataDir, name), Buffer.alloc(8192, 'not a database '))
  const second = await restartApp()
  const { notice } = await second.call('app.getInfo', {})
  expect(notice).toContain('damaged')
  expect((await findTitle(second, films.short)).mediaId).toBe(title.mediaId)
  const after = await second.call('cache.getCachedStreamWithQuality', keyOf(title, '720p'))
  expect(after.url, 'an address of the lost entries opens none of the new ones').not.toContain(
    before.url.slice(0, before.url.lastIndexOf('/') + 1),
  )
  await page.goto(second.app)
  await expect(page.getByText(/set aside/).first()).toBeVisible()
})
