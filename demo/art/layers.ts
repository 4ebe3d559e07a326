import { fractal, hash, lerp, noise, ramp } from './noise.ts'

/** The point being painted. Layers change its colour (0..1 each) from back to front. */
export interface Brush {
  /** From the middle, in picture heights: about ±0.33 on a poster, ±0.89 on wide art. */
  x: number
  /** 0 at the top, 1 at the bottom. */
  y: number
  /** Size of a pixel in the same unit, for soft edges. */
  pixel: number
  red: number
  green: number
  blue: number
}

export type Layer = (brush: Brush) => void
export type Rgb = readonly [red: number, green: number, blue: number]

/** `#rrggbb` as three shares. */
export function rgb(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16)
  return [(value >> 16) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255]
}

/** Covers the point with a colour. */
export function cover(brush: Brush, [red, green, blue]: Rgb, share: number): void {
  brush.red = lerp(brush.red, red, share)
  brush.green = lerp(brush.green, green, share)
  brush.blue = lerp(brush.blue, blue, share)
}

/** Adds light. */
export function shine(brush: Brush, [red, green, blue]: Rgb, amount: number): void {
  brush.red += red * amount
  brush.green += green * amount
  brush.blue += blue * amount
}

function between(stops: readonly (readonly [number, Rgb])[], at: number): Rgb {
  const after = stops.findIndex(([position]) => position >= at)
  if (after === 0) return stops[0]![1]
  if (after < 0) return stops.at(-1)![1]
  const [from, one] = stops[after - 1]!
  const [to, other] = stops[after]!
  const share = ramp(from, to, at)
  return [lerp(one[0], other[0], share), lerp(one[1], other[1], share), lerp(one[2], other[2], share)]
}

/** A sky from top to bottom through evenly spaced colours. */
export function sky(...colours: readonly string[]): Layer {
  const stops = colours.map((hex, index) => [index / (colours.length - 1), rgb(hex)] as const)
  return (brush) => cover(brush, between(stops, brush.y), 1)
}

/** A disc with a glow around it: sun, moon, lamp. */
export function disc(x: number, y: number, radius: number, hex: string, glow = 0.5, edge = 0.004): Layer {
  const colour = rgb(hex)
  return (brush) => {
    const distance = Math.hypot(brush.x - x, brush.y - y)
    shine(
      brush,
      colour,
      glow * Math.exp((-distance + radius) * (distance > radius ? 3.2 / (radius * 2.5) : 0)) * 0.5,
    )
    cover(brush, colour, 1 - ramp(radius - edge - brush.pixel, radius + edge + brush.pixel, distance))
  }
}

/** Stars thrown over the sky, fewer towards `until`. */
export function stars(seed: number, density: number, until = 1, scale = 60): Layer {
  return (brush) => {
    const [gridX, gridY] = [brush.x * scale, brush.y * scale]
    const [cellX, cellY] = [Math.floor(gridX), Math.floor(gridY)]
    if (hash(cellX, cellY, seed) > density * (1 - ramp(until * 0.3, until, brush.y))) return
    const size = 0.04 + 0.11 * hash(cellX, cellY, seed + 1) ** 4
    const distance = Math.hypot(
      gridX - cellX - 0.3 - 0.4 * hash(cellX, cellY, seed + 2),
      gridY - cellY - 0.3 - 0.4 * hash(cellX, cellY, seed + 3),
    )
    shine(
      brush,
      [0.95, 0.97, 1],
      Math.exp(-((distance / size) ** 2)) * (0.35 + 0.65 * hash(cellX, cellY, seed + 4)),
    )
  }
}

/** A line of hills: everything below it takes a colour, fading to another further down. */
export function ridge(options: {
  y: number
  height: number
  scale: number
  seed: number
  top: string
  bottom: string
  octaves?: number
  jagged?: boolean
  fadeTo?: number
}): Layer {
  const { y, height, scale, seed, octaves = 5, jagged = false, fadeTo = 0.4 } = options
  const [top, bottom] = [rgb(options.top), rgb(options.bottom)]
  const lines = new Map<number, number>()
  const lineAt = (x: number): number => {
    const known = lines.get(x)
    if (known !== undefined) return known
    const raw = fractal(x * scale + 40, seed * 7.3, seed, octaves)
    const shape = jagged ? 1 - Math.abs(raw * 2 - 1) * 1.6 : raw
    const line = y - height * (shape - 0.5)
    lines.set(x, line)
    return line
  }
  return (brush) => {
    const line = lineAt(brush.x)
    const below = ramp(line - brush.pixel, line + brush.pixel, brush.y)
    if (below === 0) return
    const depth = ramp(0, fadeTo, brush.y - line)
    cover(
      brush,
      [lerp(top[0], bottom[0], depth), lerp(top[1], bottom[1], depth), lerp(top[2], bottom[2], depth)],
      below,
    )
  }
}

/** Water below a line: a mirrored glow under a light, broken by ripples. */
export function water(options: {
  y: number
  top: string
  bottom: string
  light: string
  lightX: number
  seed: number
}): Layer {
  const [top, bottom, light] = [rgb(options.top), rgb(options.bottom), rgb(options.light)]
  const { y, lightX, seed } = options
  return (brush) => {
    if (brush.y < y) return
    const depth = (brush.y - y) / (1 - y)
    const below = ramp(y, y + brush.pixel * 2, brush.y)
    const share = ramp(0, 1, depth)
    cover(
      brush,
      [lerp(top[0], bottom[0], share), lerp(top[1], bottom[1], share), lerp(top[2], bottom[2], share)],
      below,
    )
    const perspective = 1 / (0.05 + depth)
    const ripple = noise(brush.x * perspective * 2.2 + seed, perspective * 7, seed)
    const path = Math.exp(-(((brush.x - lightX) / (0.05 + depth * 0.28)) ** 2))
    shine(brush, light, below * path * ramp(0.45, 0.75, ripple) * (0.75 - 0.45 * depth))
    shine(brush, light, below * ramp(0.72, 0.9, ripple) * 0.05)
  }
}

/** Drifting light or mist. */
export function clouds(options: {
  seed: number
  scale: number
  stretch: number
  hex: string
  amount: number
  from?: number
  to?: number
}): Layer {
  const colour = rgb(options.hex)
  const { seed, scale, stretch, amount, from = 0, to = 1 } = options
  return (brush) => {
    const window = ramp(from - 0.12, from + 0.06, brush.y) * (1 - ramp(to - 0.06, to + 0.12, brush.y))
    if (window <= 0) return
    const density = fractal(brush.x * scale, brush.y * scale * stretch, seed, 5)
    cover(brush, colour, amount * window * ramp(0.42, 0.72, density))
  }
}

/** Small soft lights: snow, embers, windows out of focus. */
export function motes(options: {
  seed: number
  scale: number
  density: number
  size: number
  colours: readonly string[]
  strength: number
  from?: number
  to?: number
}): Layer {
  const { seed, scale, density, size, strength, from = 0, to = 1 } = options
  const colours = options.colours.map(rgb)
  return (brush) => {
    const [gridX, gridY] = [brush.x * scale, brush.y * scale]
    for (let stepY = -1; stepY <= 1; stepY++) {
      for (let stepX = -1; stepX <= 1; stepX++) {
        const [cellX, cellY] = [Math.floor(gridX) + stepX, Math.floor(gridY) + stepY]
        const height = cellY / scale
        if (
          hash(cellX, cellY, seed) >
          density * ramp(from - 0.1, from + 0.1, height) * (1 - ramp(to - 0.1, to + 0.1, height))
        )
          continue
        const radius = size * (0.35 + 0.65 * hash(cellX, cellY, seed + 1))
        const distance = Math.hypot(
          gridX - cellX - hash(cellX, cellY, seed + 2),
          gridY - cellY - hash(cellX, cellY, seed + 3),
        )
        if (distance > radius * 1.3) continue
        const colour = colours[Math.floor(hash(cellX, cellY, seed + 4) * colours.length)]!
        const rim = 0.75 + 0.25 * ramp(radius * 0.6, radius * 0.95, distance)
        shine(
          brush,
          colour,
          strength *
            rim *
            (1 - ramp(radius * 0.82, radius * 1.08, distance)) *
            (0.3 + 0.7 * hash(cellX, cellY, seed + 5)),
        )
      }
    }
  }
}
