import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { keepAll } from './support/cached.ts'
import { expect, test } from './support/fixtures.ts'
import { PlayerScreen } from './support/player.ts'
import { films, findTitle, keyOf } from './support/titles.ts'

test('nothing is called ready offline while the cache disk is gone, and everything again once it is back', async ({
  app,
  page,
}) => {
  const title = await findTitle(app, films.short)
  await keepAll(app, keyOf(title, 'original'))
  const details = `/item/${encodeURIComponent(title.sourceId)}/${title.ratingKey}`
  await page.goto(app.app)
  await page.goto(new URL(details, app.app).href)
  const row = page.locator('[data-quality="original"]')
  await expect(row).toContainText('Ready offline')

  const folder = join(app.dataDir, 'cache')
  renameSync(folder, `${folder}-away`)
  // Whoever reads notices.
  await app.call('cache.verify', {}).catch(() => undefined)
  await expect(row).toContainText('On a disk that is not connected')
  await page.goto(new URL('/kept', app.app).href)
  await expect(page.getByRole('heading', { name: 'On a disk that is not connected' })).toBeVisible()
  await expect(page.getByText('Ready offline')).toHaveCount(0)
  await page.goto(new URL('/downloads', app.app).href)
  await expect(page.getByRole('main')).toContainText('On a disk that is not connected')
  await expect(page.getByText('Ready offline')).toHaveCount(0)

  // It plays from the server meanwhile, and says so.
  const player = new PlayerScreen(page)
  await player.open(app, title, 'original')
  await expect(player.root).toContainText('Direct play from Attic')
  const menu = await player.openQualityMenu()
  await expect(menu).not.toContainText('On this computer')
  await page.keyboard.press('Escape')
  await player.leave()

  renameSync(`${folder}-away`, folder)
  await page.goto(new URL(details, app.app).href)
  await expect(row).toContainText('Ready offline', { timeout: 30_000 })
})
