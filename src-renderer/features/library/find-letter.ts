import { filingLetter } from '../../lib/items/item-words.ts'

/** `#` files before A. */
export const letters: readonly string[] = ['#', ...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']

const rank = (letter: string): number => letters.indexOf(letter)

/**
 * The first of `total` titles in order that is filed under `letter` or later; the last when all come before. Looks at log2(total) titles,
 * so that a library of ten thousand needs no list of letters from the server.
 */
export async function findLetter(
  letter: string,
  total: number,
  titleAt: (index: number) => Promise<string | null>,
): Promise<number> {
  let low = 0
  let high = total
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const title = await titleAt(middle)
    if (title !== null && rank(filingLetter(title)) < rank(letter)) low = middle + 1
    else high = middle
  }
  return Math.min(low, Math.max(0, total - 1))
}
