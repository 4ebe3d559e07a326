import type { Brush, Layer } from './layers.ts'
import { hash, ramp } from './noise.ts'
import { SCENES } from './scenes.ts'

const GRAIN = 0.035

/** Paints a picture as rows of RGB bytes. Tall ones darken towards the bottom, where a poster's title stands. */
export function paintPicture(artName: string, width: number, height: number): Uint8Array {
  const layers = SCENES[artName]
  if (!layers) throw new Error(`no scene is called ${artName}`)
  const pixels = new Uint8Array(width * height * 3)
  const brush: Brush = { x: 0, y: 0, pixel: 1 / height, red: 0, green: 0, blue: 0 }
  const isTall = height > width
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      paintPoint(brush, layers, column, row, width, height)
      const shade = lightAt(brush, width / height / 2, isTall)
      const grain = (hash(column, row, 99) - 0.5) * GRAIN
      const at = (row * width + column) * 3
      pixels[at] = toByte(brush.red * shade + grain)
      pixels[at + 1] = toByte(brush.green * shade + grain)
      pixels[at + 2] = toByte(brush.blue * shade + grain)
    }
  }
  return pixels
}

function paintPoint(
  brush: Brush,
  layers: readonly Layer[],
  column: number,
  row: number,
  width: number,
  height: number,
) {
  brush.x = (column - width / 2) / height
  brush.y = row / height
  brush.red = brush.green = brush.blue = 0
  for (const layer of layers) layer(brush)
}

/** Darker towards the corners, and behind a poster's title. */
function lightAt(brush: Brush, halfWidth: number, isTall: boolean): number {
  const corner = Math.hypot(brush.x / halfWidth, (brush.y - 0.5) * 2)
  const vignette = 1 - 0.32 * ramp(0.75, 1.45, corner)
  return isTall ? vignette * (1 - 0.62 * ramp(0.52, 0.98, brush.y)) : vignette
}

function toByte(share: number): number {
  return Math.max(0, Math.min(255, Math.round(share * 255)))
}
