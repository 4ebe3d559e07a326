import type { Page } from '@playwright/test'
import type { App } from '../../e2e/support/app-process.ts'
import { takeFrames, watchFrames, type ShownFrame } from '../../e2e/support/frame-watch.ts'
import type { Playable } from '../../e2e/support/titles.ts'

const patienceMs = 120_000

/** The player in a real Chromium, driven by keys and clicks, with every picture it shows noted. All times are on the page's clock, in ms. */
export class PlayerPage {
  readonly #page: Page
  readonly #app: App

  constructor(page: Page, app: App) {
    this.#page = page
    this.#app = app
  }

  /** Call once, before the first page is opened. */
  async prepare(): Promise<void> {
    await watchFrames(this.#page)
    // What a click costs whoever simulates it is not the player's.
    await this.#page.addInitScript(() => {
      window.addEventListener(
        'click',
        ({ timeStamp }) => Object.assign(window, { clickedAt: timeStamp }),
        true,
      )
    })
    await this.#page.goto(this.#app.app)
  }

  now(): Promise<number> {
    return this.#page.evaluate(() => performance.now())
  }

  frames(): Promise<readonly ShownFrame[]> {
    return takeFrames(this.#page)
  }

  /** Opens the player at one quality and place, and waits until it plays. */
  async open(title: Playable, quality: string, atMs: number): Promise<void> {
    const query = new URLSearchParams({ media: title.mediaId, quality, t: String(atMs) })
    await this.#go(`/play/${title.sourceId}/${title.ratingKey}?${query}`)
    await this.plays(quality)
  }

  /** Opens a title's page, presses Play of one quality, and gives when it was pressed. */
  async pressPlay(title: Playable, label: string): Promise<number> {
    await this.#go(`/item/${title.sourceId}/${title.ratingKey}`)
    const button = this.#page.getByLabel(`Play ${label}`, { exact: true })
    await button.waitFor({ timeout: patienceMs })
    await this.frames()
    await button.click()
    return this.#clickedAt()
  }

  /** The first picture after a moment that passes; its time. */
  async firstFrame(afterMs: number, passes: (frame: ShownFrame) => boolean = () => true): Promise<number> {
    const until = performance.now() + patienceMs
    while (performance.now() < until) {
      const frame = (await this.frames()).find((each) => each.atMs > afterMs && passes(each))
      if (frame !== undefined) return frame.atMs
      await this.wait(20)
    }
    throw new Error('no picture came')
  }

  /** Seconds, of the element that is on screen. */
  position(): Promise<number> {
    return this.#page.evaluate(
      () =>
        document.querySelector<HTMLVideoElement>('[data-testid="player"] video:not([data-standby])')
          ?.currentTime ?? 0,
    )
  }

  async plays(quality: string): Promise<void> {
    await this.#page.waitForSelector(
      `[data-testid="player"][data-quality="${quality}"][data-state="playing"]`,
      {
        timeout: patienceMs,
      },
    )
  }

  /** Picks a quality from the menu, and gives how long it took until it was on screen; null when the player gave it up. */
  async pick(label: string, quality: string): Promise<number | null> {
    await this.#page.keyboard.press('q')
    const row = this.#page.getByRole('menuitemradio', { name: new RegExp(`^${label}`) }).first()
    const pickedAt = await this.now()
    await row.click()
    await this.#page.waitForSelector('[data-testid="player"]:not([data-state="switching"])', {
      timeout: patienceMs,
    })
    const tookMs = (await this.now()) - pickedAt
    const playing = await this.#page.getByTestId('player').getAttribute('data-quality')
    return playing === quality ? tookMs : null
  }

  /** Clicks the seek bar, and gives when. */
  async seekTo(seconds: number): Promise<number> {
    await this.#page.mouse.move(300, 300)
    await this.#page.mouse.move(340, 320)
    const bar = this.#page.getByRole('slider', { name: 'Position' })
    const box = await bar.boundingBox()
    const durationS = Number(await bar.getAttribute('aria-valuemax'))
    if (box === null) throw new Error('there is no seek bar')
    const x = box.x + (box.width * seconds) / durationS
    await this.#page.mouse.move(x, box.y + box.height / 2)
    await this.frames()
    await this.#page.mouse.click(x, box.y + box.height / 2)
    return this.#clickedAt()
  }

  async leave(): Promise<void> {
    await this.#go('/')
  }

  wait(ms: number): Promise<void> {
    return this.#page.waitForTimeout(ms)
  }

  /** When the page got the last click. */
  #clickedAt(): Promise<number> {
    return this.#page.evaluate(() => (window as unknown as { clickedAt: number }).clickedAt)
  }

  async #go(path: string): Promise<void> {
    await this.#page.goto(new URL(path, this.#app.app).href)
  }
}
