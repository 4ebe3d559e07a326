import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findLetter, letters } from './find-letter.ts'

const titleAt = (titles: readonly string[]) => (index: number) => Promise.resolve(titles[index] ?? null)

test('finds the first title of a letter, and looks at few', async () => {
  const titles = ['12 Monkeys', 'The Apartment', 'Alien', 'A Boat', 'Casino', 'Zodiac']
  let looks = 0
  const counted = (index: number) => ((looks += 1), titleAt(titles)(index))
  expect(await findLetter('C', titles.length, counted)).toBe(4)
  expect(looks).toBeLessThanOrEqual(3)
  expect(await findLetter('#', titles.length, titleAt(titles))).toBe(0)
  expect(await findLetter('D', titles.length, titleAt(titles))).toBe(5)
  expect(await findLetter('Z', titles.length, titleAt(titles))).toBe(5)
  expect(await findLetter('Z', 0, titleAt([]))).toBe(0)
})

test('everything before it is filed under an earlier letter', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...letters)),
      fc.constantFrom(...letters),
      async (some, letter) => {
        const titles = some
          .map((each) => (each === '#' ? '1' : each))
          .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
        const found = await findLetter(letter, titles.length, titleAt(titles))
        const wanted = titles.findIndex((title) => letter === '#' || (title !== '1' && title >= letter))
        expect(found).toBe(wanted === -1 ? Math.max(0, titles.length - 1) : wanted)
      },
    ),
  )
})
