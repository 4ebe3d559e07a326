import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { chooseWindow, hasDisplay, openAppWindow } from './open-app-window.ts'

const url = 'http://127.0.0.1:4000/?token=abc'
const browserPath = '/usr/bin/chromium'

test('opens a window where there is a browser and a display, and says instead of what', () => {
  const choice = chooseWindow(url, { isHeadless: false, hasDisplay: true, browserPath })
  expect(choice).toMatchObject({ kind: 'window', browserPath })
  expect(choice.sentence).toMatch(/Electron.*chromium/)
})

test('says the address in every other case, in one line', () => {
  const machines = [
    { isHeadless: true, hasDisplay: true, browserPath },
    { isHeadless: false, hasDisplay: false, browserPath },
    { isHeadless: false, hasDisplay: true, browserPath: null },
  ]
  for (const machine of machines) {
    const choice = chooseWindow(url, machine)
    expect(choice.kind).toBe('address')
    expect(choice.sentence).toContain(url)
    expect(choice.sentence).not.toContain('\n')
  }
})

test('a display is a matter of Linux only', () => {
  expect(hasDisplay('linux', {})).toBe(false)
  expect(hasDisplay('linux', { DISPLAY: ':0' })).toBe(true)
  expect(hasDisplay('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toBe(true)
  expect(hasDisplay('darwin', {})).toBe(true)
})

describe('the window', () => {
  /** A program in the browser's place that notes how it was called and stays open as long as it is told. */
  function browserThat(stays: string): { path: string; calledWith: () => string } {
    const folder = mkdtempSync(join(tmpdir(), 'spool-browser-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const path = join(folder, 'browser')
    writeFileSync(
      path,
      `#!/bin/sh\necho "$@" > ${folder}/called.new && mv ${folder}/called.new ${folder}/called\n${stays}\n`,
    )
    chmodSync(path, 0o755)
    const called = join(folder, 'called')
    return { path, calledWith: () => (existsSync(called) ? readFileSync(called, 'utf8') : '') }
  }
  const profileIn = (called: string): string => /--user-data-dir=(\S+)/.exec(called)?.[1] ?? ''

  test('has a profile of its own, which goes with it, and tells when it was closed', async () => {
    const browser = browserThat('exit 0')
    const onEnd = vi.fn<(how: string) => void>()
    openAppWindow(browser.path, url, onEnd)
    await vi.waitFor(() => expect(onEnd).toHaveBeenCalledExactlyOnceWith('closed'))
    expect(browser.calledWith()).toContain(`--app=${url}`)
    expect(profileIn(browser.calledWith())).toContain('spool-window-')
    expect(existsSync(profileIn(browser.calledWith()))).toBe(false)
  })

  test('is closed when the app ends', async () => {
    const browser = browserThat('exec sleep 60')
    const onEnd = vi.fn<(how: string) => void>()
    const window = openAppWindow(browser.path, url, onEnd)
    await vi.waitFor(() => expect(browser.calledWith()).not.toBe(''))
    window[Symbol.dispose]()
    await vi.waitFor(() => expect(onEnd).toHaveBeenCalledExactlyOnceWith('closed'))
  })

  test.each(['no program', 'one that cannot run here'])('that cannot be opened is told: %s', async (what) => {
    const path = what === 'no program' ? '/does/not/exist' : browserThat('exit 127').path
    const onEnd = vi.fn<(how: string) => void>()
    openAppWindow(path, url, onEnd)
    await vi.waitFor(() => expect(onEnd).toHaveBeenCalledExactlyOnceWith('never-opened'))
  })
})
