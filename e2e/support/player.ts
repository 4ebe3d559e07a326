import { expect, type Locator, type Page } from '@playwright/test'
import type { App } from './app-process.ts'
import type { Playable } from './titles.ts'

/** The player as a person sees and uses it. */
export class PlayerScreen {
  readonly page: Page
  readonly root: Locator

  constructor(page: Page) {
    this.page = page
    this.root = page.getByTestId('player')
  }

  /** Opens a title at one quality, from `atMs` on, and waits for the picture to move. */
  async open(app: App, title: Playable, quality: string, atMs = 0): Promise<void> {
    await this.start(app, title, quality, atMs)
    await this.plays(quality)
  }

  /** Opens the player's address, and waits for nothing. */
  async start(app: App, title: Playable, quality: string, atMs = 0): Promise<void> {
    await this.page.goto(app.app)
    const query = new URLSearchParams({ media: title.mediaId, quality, t: String(atMs) })
    const path = `/play/${encodeURIComponent(title.sourceId)}/${encodeURIComponent(title.ratingKey)}?${query}`
    await this.page.goto(new URL(path, app.app).href)
  }

  /** Opens a title as somebody who leaves the quality to Spool. */
  async openAutomatic(app: App, title: Playable, atMs = 0): Promise<void> {
    await this.page.goto(app.app)
    const query = new URLSearchParams({ media: title.mediaId, t: String(atMs) })
    const path = `/play/${encodeURIComponent(title.sourceId)}/${encodeURIComponent(title.ratingKey)}?${query}`
    await this.page.goto(new URL(path, app.app).href)
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

  /** Of the element that is heard. */
  async sound(): Promise<{ readonly volume: number; readonly isMuted: boolean } | null> {
    return this.page.evaluate(() => {
      const videos = document.querySelectorAll<HTMLVideoElement>('[data-testid="player"] video')
      const heard = [...videos].filter((video) => !video.muted)
      const [video] = heard.length === 0 ? videos : heard
      // Two at once would be heard twice.
      return heard.length > 1 || video === undefined ? null : { volume: video.volume, isMuted: video.muted }
    })
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

  /** The same by the key, for whoever has the focus elsewhere. */
  async pickQuality(name: RegExp): Promise<void> {
    await this.page.keyboard.press('q')
    await this.page.getByRole('menu').getByRole('menuitemradio', { name }).first().click()
  }

  async leave(): Promise<void> {
    await this.page.keyboard.press('Escape')
    await expect(this.root).toBeHidden()
  }
}
