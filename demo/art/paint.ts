/** Paints. */
export function paintPicture(_name: string, width: number, height: number): Uint8Array {
  const pixels = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3
      pixels[at] = (255 * y) / height
      pixels[at + 1] = (120 * x) / width
      pixels[at + 2] = 90
    }
  return pixels
}
