import { expect, test } from 'vitest'
import { chooseWindow, hasDisplay } from './open-app-window.ts'

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
