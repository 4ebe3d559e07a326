import { expect, it } from 'vitest'
import { canLeaveBack } from './leave-player.ts'

const at = (...urls: readonly (string | null)[]) => ({
  entries: () => urls.map((url) => ({ url })),
  currentEntry: { index: urls.length - 1 },
})
const origin = 'http://127.0.0.1:7000'

it('goes back to the page the player was opened from', () => {
  expect(canLeaveBack(at(`${origin}/item/a/1`, `${origin}/play/a/1`))).toBe(true)
})

it('never goes back into another player', () => {
  expect(canLeaveBack(at(`${origin}/play/a/1`, `${origin}/play/a/2?quality=original`))).toBe(false)
})

it('has nowhere to go back to on the first page', () => {
  expect(canLeaveBack(at(`${origin}/play/a/1`))).toBe(false)
  expect(canLeaveBack(at(null, `${origin}/play/a/1`))).toBe(false)
})
