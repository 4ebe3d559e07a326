import { expect, test } from './support/fixtures.ts'
import { PlayerScreen } from './support/player.ts'
import { findTitle } from './support/titles.ts'

/** 3840 × 2160 at 16 Mbit/s. */
const fourK = '103'

test('the menu of a 4K film has its rungs above 1080p, with the reason why this one needs none of them', async ({
  app,
  page,
}) => {
  const player = new PlayerScreen(page)
  await player.start(app, await findTitle(app, fourK), '360p-720k')
  await player.isIn('playing', 60_000)
  const menu = await player.openQualityMenu()
  const row = (label: string) => menu.getByRole('menuitemradio', { name: new RegExp(`^${label}`) })
  await expect(row('2160p · 20 Mbps')).toHaveAttribute('aria-disabled', 'true')
  await expect(row('2160p · 20 Mbps')).toContainText('larger than the source')
  await expect(row('1080p · 8 Mbps')).not.toHaveAttribute('aria-disabled', 'true')
  // Those between are folded, as further steps of every height are.
  await expect(row('2160p · 40 Mbps')).toBeHidden()
  await menu.getByRole('menuitem', { name: /more qualities/ }).click()
  await expect(row('2160p · 40 Mbps')).toBeVisible()
  await expect(row('2160p · 30 Mbps')).toBeVisible()
})
