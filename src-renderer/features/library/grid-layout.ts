/** How a grid of posters fills a width. All in CSS pixels. */
export interface GridLayout {
  readonly columns: number
  readonly cardWidth: number
  readonly rowHeight: number
  readonly gap: number
}

const gap = 16
/** Title and second line, at the usual size of text: see card.module.css. */
const wordsHeight = 38
const wordsGap = 8
const rowGap = 22

/** As many columns as fit at no less than `leastWidth` each; never none. */
export function layOutGrid(width: number, leastWidth: number, textScale = 1): GridLayout {
  const columns = Math.max(2, Math.floor((width + gap) / (leastWidth + gap)))
  const cardWidth = Math.max(0, (width - gap * (columns - 1)) / columns)
  const words = wordsGap + Math.ceil(wordsHeight * textScale)
  return { columns, cardWidth, rowHeight: Math.round(cardWidth * 1.5) + words + rowGap, gap }
}
