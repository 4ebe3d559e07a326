import AxeBuilder from '@axe-core/playwright'
import type { Locator, Page } from '@playwright/test'
import { keepAll } from './support/cached.ts'
import { expect, test } from './support/fixtures.ts'
import { PlayerScreen } from './support/player.ts'
import { films, findTitle, keyOf } from './support/titles.ts'

async function expectNoViolations(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`),
  ).toEqual([])
}

async function openFrom(page: Page, name: RegExp): Promise<Locator> {
  await page.getByRole('button', { name }).click()
  const menu = page.getByRole('menu')
  await expect(menu).toBeVisible()
  return menu
}

for (const colorScheme of ['dark', 'light'] as const) {
  test(`home, grid, details and settings have no axe violations (${colorScheme})`, async ({ app, page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const title = await findTitle(app, films.long)
    await page.goto(app.app)
    await expect(page.getByRole('heading', { name: /Recently added/ }).first()).toBeVisible()
    await expectNoViolations(page)

    await page
      .getByRole('link', { name: /^Movies/ })
      .first()
      .click()
    await expect(page.getByRole('link', { name: new RegExp(title.item.title) }).first()).toBeVisible()
    await expectNoViolations(page)

    await page
      .getByRole('link', { name: new RegExp(title.item.title) })
      .first()
      .click()
    await expect(page.getByRole('heading', { level: 1, name: title.item.title })).toBeVisible()
    await expect(page.getByRole('heading', { name: 'Qualities' })).toBeVisible()
    await expectNoViolations(page)
    const menu = await openFrom(page, /^Quality: Automatic$/)
    await expect(menu.getByRole('menuitemradio', { name: /^Automatic · Original/ })).toBeVisible()
    await expectNoViolations(page)
    await page.keyboard.press('Escape')
    await expect(menu).toBeHidden()
    await openFrom(page, /^Keep$/)
    await expectNoViolations(page)
    await page.keyboard.press('Escape')

    await page.getByRole('link', { name: 'Settings' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible()
    await expectNoViolations(page)
    await openFrom(page, /^On your network: Automatic$/)
    await expectNoViolations(page)
  })
}

test('text is as large as the person asks for, from 14 pixels on', async ({ app, page }) => {
  await page.goto(app.app)
  await expect(page.getByRole('heading', { name: /Recently added/ }).first()).toBeVisible()
  const sizes = () =>
    page.evaluate(() =>
      [document.body, document.querySelector('main h2')].map((each) =>
        each === null ? '' : getComputedStyle(each).fontSize,
      ),
    )
  expect(await sizes()).toEqual(['14px', '17px'])
  await page.evaluate(() => document.documentElement.style.setProperty('font-size', '200%'))
  expect(await sizes()).toEqual(['28px', '34px'])
})

test('the player and its quality menu have no axe violations', async ({ app, page }) => {
  const title = await findTitle(app, films.long)
  const player = new PlayerScreen(page)
  await player.open(app, title, 'original')
  await page.keyboard.press('k')
  await player.isIn('paused')
  await expectNoViolations(page)
  await player.openQualityMenu()
  await expectNoViolations(page)
  await page.keyboard.press('Escape')
  await page.keyboard.press('i')
  await expect(page.getByRole('complementary', { name: 'Information' })).toContainText('You have chosen')
  await expectNoViolations(page)
})

test('what is kept, found, looked up and refused has no axe violations', async ({ app, demo, page }) => {
  const title = await findTitle(app, films.short)
  await keepAll(app, keyOf(title, 'original'))
  await page.goto(app.app)
  await page.getByRole('link', { name: 'Downloads' }).click()
  await expect(page.getByText(/^Ready offline/)).toBeVisible()
  await expectNoViolations(page)
  await page.getByRole('link', { name: title.item.title }).click()
  await expect(page.getByRole('heading', { level: 1, name: title.item.title })).toBeVisible()
  await page.getByRole('link', { name: /^On this computer/ }).click()
  await expect(page.getByRole('heading', { name: /^Ready offline/ })).toBeVisible()
  await expectNoViolations(page)
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible()
  await expectNoViolations(page)
  await page.keyboard.press('Escape')

  await demo.control({ decision: 2003 })
  const player = new PlayerScreen(page)
  await player.start(app, await findTitle(app, films.dolby), '480p-1500k')
  await player.isIn('failed')
  // The server's own words stand with the code, not in the sentence.
  await expect(page.getByRole('alert').getByRole('code')).toContainText('unplayable · ')
  await expectNoViolations(page)
})
