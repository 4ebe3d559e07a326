/** Escapes a value for use inside a filter graph, where `\ ' : , ; [ ]` have meanings of their own. */
export function filterValue(value: string): string {
  return value.replace(/[\\':,;[\]%]/g, (character) => `\\${character}`)
}

/** Where text stands in the picture, as `drawtext` expressions. */
interface TextPlace {
  readonly x: string
  readonly y: string
}

const BOTTOM_LEFT: TextPlace = { x: 'w/40', y: 'h-h/28-w/40' }
const BOTTOM_RIGHT: TextPlace = { x: 'w-tw-w/40', y: 'h-h/28-w/40' }

/** The running time at the bottom left, drawn once by whoever makes the original. */
export function timecodeFilter(font: string | null): string {
  return textFilter(font, '%{pts\\:hms}', BOTTOM_LEFT)
}

/**
 * The quality's name at the bottom right. A transcode draws its own over the original's: the place is the same, the
 * font monospaced and no rung's name shorter than "original", so nothing of the old name shows.
 */
export function qualityFilter(font: string | null, quality: string): string {
  return textFilter(font, quality.padStart('original'.length), BOTTOM_RIGHT)
}

function textFilter(font: string | null, text: string, place: TextPlace): string {
  if (!font) return 'null'
  return (
    `drawtext=fontfile='${font}':text='${text}':x=${place.x}:y=${place.y}:fontsize=h/28:fontcolor=white` +
    `:box=1:boxcolor=0x10141c@1:boxborderw=4`
  )
}
