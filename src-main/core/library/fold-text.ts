/** Letters that Unicode does not take apart, as people type them who do not have them. */
const plainLetters: Readonly<Record<string, string>> = {
  ı: 'i',
  ß: 'ss',
  ø: 'o',
  æ: 'ae',
  œ: 'oe',
  ł: 'l',
  đ: 'd',
  ð: 'd',
}

/** Text as search compares it: lower case, without accents, runs of anything but letters and digits as one space. */
export function foldText(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}+/gu, '')
    .toLowerCase()
    .replaceAll(/[ıßøæœłđð]/g, (letter) => plainLetters[letter] ?? letter)
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

/** How well a folded title answers a folded query, 0 best; null when it does not contain it. */
export function rankTitle(title: string, query: string): number | null {
  if (title === query) return 0
  if (title.startsWith(query)) return 1
  const at = title.indexOf(query)
  if (at === -1) return null
  return title[at - 1] === ' ' ? 2 : 3
}
