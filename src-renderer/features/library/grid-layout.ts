/** How a grid of posters fills a width. All in CSS pixels. */
export interface GridLayout {
  readonly columns: number
  readonly cardWidth: number
  readonly rowHeight: number
  readonly gap: number
}

const gap = 16
/** Title, second line, and the distance to the art: see card.module.css. */
const wordsHeight = 46
const rowGap = 22

/** As many columns as fit at no less than `leastWidth` each; never none. */
export function layOutGrid(width: number, leastWidth: number): GridLayout {
  const columns = Math.max(2, Math.floor((width + gap) / (leastWidth + gap)))
  const cardWidth = Math.max(0, (width - gap * (columns - 1)) / columns)
  return { columns, cardWidth, rowHeight: Math.round(cardWidth * 1.5) + wordsHeight + rowGap, gap }
}
