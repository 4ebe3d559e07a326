import { expect, test } from './support/fixtures.ts'

test('the app answers, and its home page shows what the server has', async ({ app, page }) => {
  const troubles: string[] = []
  page.on('pageerror', (error) => troubles.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.push(message.text())
  })
  const reply = await page.goto(app.app)
  expect(reply?.status()).toBe(200)
  expect(reply?.headers()['content-security-policy']).toContain("default-src 'none'")
  await expect(page).toHaveTitle(/Spool/)
  await expect(page.getByRole('main').getByRole('link').first()).toBeVisible()
  expect(new URL(page.url()).search).toBe('')
  expect(troubles).toEqual([])
})

test('one app per data folder; the second says so and ends', async ({ app, restartApp }) => {
  await expect(restartApp()).rejects.toThrow(/already runs with .*process \d+/)
  expect(app.hasEnded).toBe(false)
})

test('ends within three seconds when asked to, and starts again where it was', async ({
  app,
  page,
  restartApp,
}) => {
  await page.goto(app.app)
  const { exitCode, durationMs } = await app.stop()
  expect(exitCode).toBe(0)
  expect(durationMs).toBeLessThan(3000)
  const again = await restartApp()
  expect(again.token).toBe(app.token)
  expect(await again.call('library.getSources', {})).toHaveLength(1)
})
