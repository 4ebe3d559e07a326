import { describe, expect, test } from 'vitest'
import { asQuality, asSourceId, type ItemSummary } from '../../../src-preload/contract/index.ts'
import { pictureUrl, playPath, searchPath } from './item-paths.ts'
import { asMediaId } from '../../../src-preload/contract/index.ts'
import { cardWords, filingLetter, keptBadge, watchedShare } from './item-words.ts'

const film: ItemSummary = {
  sourceId: asSourceId('attic'),
  ratingKey: '7',
  type: 'movie',
  title: 'Low Orbit',
  year: 2022,
  durationMs: 6_000_000,
  positionMs: null,
  isWatched: false,
  unwatchedCount: null,
  index: null,
  parentIndex: null,
  showTitle: null,
  showRatingKey: null,
  seasonRatingKey: null,
  posterUrl: null,
  artUrl: null,
  resolution: '4k',
  kept: [],
}

describe('the lines under a card', () => {
  test('a film says its year, and what is left of it in rows of things begun', () => {
    expect(cardWords(film, true)).toEqual({ title: 'Low Orbit', subtitle: '2022 · 4K' })
    const begun = { ...film, positionMs: 3_120_000 }
    expect(cardWords(begun, true).subtitle).toBe('48 min left')
    expect(cardWords(begun, false).subtitle).toBe('2022 · 4K')
  })

  test('an episode goes under the name of its show', () => {
    const episode: ItemSummary = {
      ...film,
      type: 'episode',
      title: 'Cinders',
      showTitle: 'Ember & Ash',
      index: 3,
      parentIndex: 1,
    }
    expect(cardWords(episode, true)).toEqual({ title: 'Ember & Ash', subtitle: 'S1 · E3 — Cinders' })
    expect(cardWords({ ...episode, index: null }, true).subtitle).toBe('Cinders')
  })
})

test('the badge counts complete copies only', () => {
  const copy = (label: string, complete: boolean) => ({ quality: asQuality(label), label, complete })
  expect(keptBadge([])).toBeNull()
  expect(keptBadge([copy('Original', false)])).toBeNull()
  expect(keptBadge([copy('Original', false), copy('720p · 4 Mbps', true)])).toBe('720p')
  expect(keptBadge([copy('Original', true), copy('720p · 4 Mbps', true)])).toBe('2 qualities')
})

test('share of what was watched', () => {
  expect(watchedShare(film)).toBeNull()
  expect(watchedShare({ positionMs: 10, durationMs: 0 })).toBeNull()
  expect(watchedShare({ positionMs: 30, durationMs: 120 })).toBe(0.25)
  expect(watchedShare({ positionMs: 130, durationMs: 120 })).toBe(1)
})

test.each([
  ['The Long Way Down', 'L'],
  ['A', 'A'],
  ['An Hour', 'H'],
  ['Éclair', 'E'],
  ['(500) Days', '#'],
  ['…And Then', 'A'],
  ['', '#'],
  ['Тайна', '#'],
])('%s is filed under %s', (title, letter) => {
  expect(filingLetter(title)).toBe(letter)
})

test('addresses', () => {
  expect(
    playPath({
      sourceId: asSourceId('a/b'),
      ratingKey: '7',
      mediaId: asMediaId('7:1:2'),
      quality: asQuality('720p-4000k'),
      positionMs: 12.6,
    }),
  ).toBe('/play/a%2Fb/7?media=7%3A1%3A2&quality=720p-4000k&t=13')
  expect(searchPath('a & b')).toBe('/search?q=a+%26+b')
  expect(searchPath('')).toBe('/search')
  expect(pictureUrl('/image/x', 158, 237, 1.5)).toBe('/image/x?w=237&h=356')
  expect(pictureUrl('/image?p=1', 100, 100, 3)).toBe('/image?p=1&w=200&h=200')
})
