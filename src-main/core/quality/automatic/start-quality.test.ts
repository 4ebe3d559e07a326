import { expect, it } from 'vitest'
import { chooseStart } from './start-quality.ts'

const choices = [
  { quality: 'original', needKbps: 30_000 },
  { quality: '1080p', needKbps: 8000 },
  { quality: '720p', needKbps: 4000 },
  { quality: '360p', needKbps: 720 },
]
const start = (connection: 'lan' | 'wan' | 'relay', linkKbps: number | null): string | undefined =>
  chooseStart(choices, connection, linkKbps)?.quality

it('begins by the kind of connection before the link was measured', () => {
  expect(start('lan', null)).toBe('original')
  expect(start('wan', null)).toBe('1080p')
  expect(start('relay', null)).toBe('360p')
})

it.each([
  [40_000, 'original'],
  [35_999, '1080p'],
  [9600, '1080p'],
  [9599, '720p'],
  [900, '360p'],
  [10, '360p'],
] as const)('with %d kbit/s begins at %s, with room to spare, over any connection', (kbps, quality) => {
  for (const connection of ['lan', 'wan', 'relay'] as const) expect(start(connection, kbps)).toBe(quality)
})

it('takes a file of unknown rate for one that fits, and nothing from nothing', () => {
  expect(chooseStart([{ quality: 'original', needKbps: null }], 'wan', 100)?.quality).toBe('original')
  expect(chooseStart([], 'lan', null)).toBeNull()
})
