// @vitest-environment node
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type KeyFocus, type KeyPress, keyCommand, keyTable } from './key-commands.ts'

const press = (key: string, over: Partial<KeyPress> = {}): KeyPress => ({
  key,
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  focus: 'none',
  ...over,
})

describe('keys as product.md lists them', () => {
  test.each([
    [' ', { do: 'togglePlay' }],
    ['k', { do: 'togglePlay' }],
    ['j', { do: 'seekBy', ms: -10_000 }],
    ['l', { do: 'seekBy', ms: 10_000 }],
    ['ArrowLeft', { do: 'seekBy', ms: -10_000 }],
    ['ArrowRight', { do: 'seekBy', ms: 10_000 }],
    ['ArrowUp', { do: 'volumeBy', amount: 0.05 }],
    ['ArrowDown', { do: 'volumeBy', amount: -0.05 }],
    ['m', { do: 'toggleMute' }],
    ['f', { do: 'toggleFullscreen' }],
    ['c', { do: 'toggleSubtitles' }],
    ['a', { do: 'openMenu', menu: 'audio' }],
    ['q', { do: 'openMenu', menu: 'quality' }],
    ['0', { do: 'seekToTenth', tenth: 0 }],
    ['9', { do: 'seekToTenth', tenth: 9 }],
    [',', { do: 'stepFrame', direction: -1 }],
    ['.', { do: 'stepFrame', direction: 1 }],
    ['n', { do: 'go', to: 'next' }],
    ['p', { do: 'go', to: 'previous' }],
    ['s', { do: 'skipMarker' }],
    ['i', { do: 'toggleInfo' }],
    ['Escape', { do: 'leave' }],
  ])('%j', (key, command) => {
    expect(keyCommand(press(key))).toEqual(command)
  })

  test('Shift makes arrows leap and does nothing to letters', () => {
    expect(keyCommand(press('ArrowLeft', { shiftKey: true }))).toEqual({ do: 'seekBy', ms: -30_000 })
    expect(keyCommand(press('ArrowRight', { shiftKey: true }))).toEqual({ do: 'seekBy', ms: 30_000 })
    expect(keyCommand(press('M', { shiftKey: true }))).toBeNull()
  })

  test('signs that need Shift on some layouts count with and without it', () => {
    for (const shiftKey of [true, false]) {
      expect(keyCommand(press('<', { shiftKey }))).toEqual({ do: 'speedBy', direction: -1 })
      expect(keyCommand(press('>', { shiftKey }))).toEqual({ do: 'speedBy', direction: 1 })
    }
  })

  test('Caps Lock changes nothing', () => {
    expect(keyCommand(press('K'))).toEqual({ do: 'togglePlay' })
  })
})

describe('what has the focus keeps its keys', () => {
  const claimed: readonly (readonly [KeyFocus, readonly string[]])[] = [
    ['button', [' ']],
    ['menu', [' ', 'Escape', 'ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight']],
    ['slider', ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight']],
  ]
  test.each(claimed)('%s', (focus, keys) => {
    for (const key of Object.keys(keyTable)) {
      if (key.startsWith('Shift+')) continue
      expect(keyCommand(press(key, { focus })) === null).toBe(keys.includes(key))
    }
  })
})

test('typing, dialogs and system shortcuts are never commands', () => {
  const key = fc.oneof(fc.constantFrom(...Object.keys(keyTable)), fc.string({ maxLength: 2 }))
  const held = fc.constantFrom('ctrlKey', 'metaKey', 'altKey')
  fc.assert(
    fc.property(key, held, (name, modifier) => {
      expect(keyCommand(press(name, { focus: 'text' }))).toBeNull()
      expect(keyCommand(press(name, { [modifier]: true }))).toBeNull()
    }),
  )
})

test('names that objects have of their own are not keys', () => {
  expect(keyCommand(press('constructor'))).toBeNull()
})
