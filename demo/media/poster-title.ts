import { filterValue } from './picture-text.ts'

const LINE_LIMIT = 10
const LEFT = 44
const BOTTOM = 96

/** Draws a title, broken into short lines, and its tagline at the bottom of a 600x900 poster. */
export function titleFilter(title: string, tagline: string, font: string | null): string {
  if (!font) return 'null'
  const lines = breakTitle(title.toUpperCase())
  const size = fontSizeOf(lines)
  const lineHeight = Math.round(size * 1.08)
  const firstY = 900 - BOTTOM - lines.length * lineHeight
  const titleLines = lines.map((line, index) =>
    text(font, line, size, LEFT, firstY + index * lineHeight, 'white'),
  )
  return [...titleLines, text(font, tagline, 22, LEFT + 2, 900 - BOTTOM + 22, 'white@0.72')].join(',')
}

/** Words gathered into lines of at most ten letters, longer words standing alone. */
export function breakTitle(title: string): string[] {
  return title.split(' ').reduce<string[]>((lines, word) => {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= LINE_LIMIT)
      return [...lines.slice(0, -1), `${last} ${word}`]
    return [...lines, word]
  }, [])
}

function fontSizeOf(lines: readonly string[]): number {
  const longest = Math.max(...lines.map((line) => line.length))
  return Math.min(88, Math.floor(700 / longest))
}

function text(font: string, words: string, size: number, x: number, y: number, colour: string): string {
  return (
    `drawtext=fontfile='${font}':expansion=none:text='${filterValue(words)}':x=${x}:y=${y}:fontsize=${size}` +
    `:fontcolor=${colour}:shadowcolor=black@0.35:shadowx=0:shadowy=2`
  )
}
