import { expect, type Locator, type Page } from '@playwright/test'

/** The player as a person sees and uses it. */
export class PlayerScreen {
  readonly page: Page
  readonly root: Locator

  constructor(page: Page) {
    this.page = page
    this.root = page.getByTestId('player')
  }

  /** Opens a title at one quality, from its start or at `atMs`. */
  async open(
    title: { sourceId: string; ratingKey: string; mediaId: string },
    quality: string,
    atMs = 0,
  ): Promise<void> {
    const query = new URLSearchParams({ media: title.mediaId, quality, t: String(atMs) })
    const path = `/play/${encodeURIComponent(title.sourceId)}/${encodeURIComponent(title.ratingKey)}?${query}`
    // Within the app, as a link does: the cookie is set and nothing is loaded again.
    await this.page.evaluate((to) => {
      history.pushState(null, '', to)
      dispatchEvent(new PopStateEvent('popstate'))
    }, path)
    await this.isIn('playing')
  }

  async isIn(state: string, timeoutMs = 45_000): Promise<void> {
    await expect(this.root).toHaveAttribute('data-state', state, { timeout: timeoutMs })
  }

  async plays(quality: string, timeoutMs = 60_000): Promise<void> {
    await expect(this.root).toHaveAttribute('data-quality', quality, { timeout: timeoutMs })
    await this.isIn('playing', timeoutMs)
  }

  /** Seconds, of the element that is on screen. */
  async position(): Promise<number> {
    return this.page.evaluate(
      () =>
        document.querySelector<HTMLVideoElement>('[data-testid="player"] video:not([data-standby])')
          ?.currentTime ?? -1,
    )
  }

  /** Asserts that the picture moves on by this many seconds. */
  async movesOn(seconds = 1): Promise<void> {
    const from = await this.position()
    await expect.poll(() => this.position(), { timeout: 40_000 }).toBeGreaterThan(from + seconds)
  }

  /** Presses a number key: tenths of the title. */
  async seekToTenth(tenth: number): Promise<void> {
    await this.page.keyboard.press(String(tenth))
  }

  /** Wakes the controls, opens the quality menu and returns it. */
  async openQualityMenu(): Promise<Locator> {
    await this.page.mouse.move(300, 300)
    await this.page.mouse.move(340, 320)
    await this.page.getByRole('button', { name: /^Quality/ }).click()
    const menu = this.page.getByRole('menu')
    await expect(menu).toBeVisible()
    return menu
  }

  async chooseQuality(name: RegExp): Promise<void> {
    const menu = await this.openQualityMenu()
    await menu.getByRole('menuitemradio', { name }).first().click()
  }

  async leave(): Promise<void> {
    await this.page.keyboard.press('Escape')
    await expect(this.root).toBeHidden()
  }
}
