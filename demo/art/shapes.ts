import { cover, rgb, shine, type Brush, type Layer } from './layers.ts'
import { fractal, hash, lerp, noise, ramp } from './noise.ts'

/** A planet with night on one side and a thin bright edge of air. */
export function planet(x: number, y: number, radius: number, day: string, night: string, air: string): Layer {
  const [dayColour, nightColour, airColour] = [rgb(day), rgb(night), rgb(air)]
  return (brush) => {
    const [fromX, fromY] = [(brush.x - x) / radius, (brush.y - y) / radius]
    const distance = Math.hypot(fromX, fromY)
    const light = ramp(-0.55, 0.75, (fromX * 0.55 - fromY) / Math.max(distance, 0.3))
    shine(brush, airColour, 0.75 * light * Math.exp(-Math.abs(distance - 1) * (distance > 1 ? 26 : 14)))
    const inside = 1 - ramp(1 - brush.pixel / radius, 1 + brush.pixel / radius, distance)
    if (inside === 0) return
    const swirl = fractal(fromX * 3 + 9, fromY * 7 + fromX, 5, 5)
    const shade = ramp(0.25, 1.05, light * (0.55 + 0.7 * swirl) * ramp(0, 0.9, distance))
    cover(
      brush,
      [0, 1, 2].map((channel) =>
        lerp(nightColour[channel]!, dayColour[channel]!, shade),
      ) as unknown as typeof dayColour,
      inside,
    )
    shine(brush, airColour, inside * light * 0.8 * ramp(0.9, 1, distance))
  }
}

/** A kite: a four-cornered sail in two tones and a tail that swings. */
export function kite(x: number, y: number, size: number, turn: number, light: string, dark: string): Layer {
  const [lightColour, darkColour] = [rgb(light), rgb(dark)]
  const [cosine, sine] = [Math.cos(turn), Math.sin(turn)]
  return (brush) => {
    const [fromX, fromY] = [(brush.x - x) / size, (brush.y - y) / size]
    const across = fromX * cosine + fromY * sine
    const along = -fromX * sine + fromY * cosine
    const edge = along < 0 ? Math.abs(across) / 0.62 + -along / 0.62 : Math.abs(across) / 0.62 + along / 1.15
    const soft = (brush.pixel / size) * 2.4
    const tailX = 0.12 * Math.sin(along * 3.2) * ramp(1.1, 1.8, along)
    const onTail = along > 1.1 && along < 4.6 ? 1 - ramp(0.012, 0.012 + soft, Math.abs(across - tailX)) : 0
    cover(brush, lightColour, onTail * 0.75)
    const bow = Math.abs(((along - 1.5) % 0.8) - 0.3)
    const isBow = along > 1.5 && along < 4.4 && bow + Math.abs(across - tailX) * 0.7 < 0.1
    if (isBow) cover(brush, darkColour, 0.9)
    cover(brush, across > 0 === along > 0 ? lightColour : darkColour, 1 - ramp(1 - soft, 1 + soft, edge))
  }
}

/** A round-headed tree in silhouette, its crown broken up by leaves. */
export function tree(
  x: number,
  y: number,
  size: number,
  hex: string,
  fruit: string | null,
  seed: number,
): Layer {
  const [colour, fruitColour] = [rgb(hex), fruit ? rgb(fruit) : null]
  return (brush) => {
    const [fromX, fromY] = [(brush.x - x) / size, (brush.y - y) / size]
    if (Math.abs(fromX) > 1.3 || fromY < -1.4 || fromY > 1.3) return
    const trunk = 0.06 + 0.05 * ramp(0.6, 1.2, fromY)
    const soft = brush.pixel / size
    const onTrunk =
      fromY > 0 && fromY < 1.2
        ? 1 - ramp(trunk - soft, trunk + soft, Math.abs(fromX + 0.05 * Math.sin(fromY * 4)))
        : 0
    const ragged =
      Math.hypot(fromX * 0.92, fromY + 0.2) + 0.42 * (fractal(fromX * 5 + seed, fromY * 5, seed, 4) - 0.5)
    cover(brush, colour, Math.max(onTrunk, 1 - ramp(0.72 - soft, 0.78 + soft, ragged)))
    if (fruitColour && ragged < 0.68) cover(brush, fruitColour, fruitShare(fromX, fromY, seed))
  }
}

function fruitShare(x: number, y: number, seed: number): number {
  const [gridX, gridY] = [x * 6, y * 6]
  const [cellX, cellY] = [Math.floor(gridX), Math.floor(gridY)]
  if (hash(cellX, cellY, seed + 9) > 0.42) return 0
  const distance = Math.hypot(
    gridX - cellX - 0.3 - 0.4 * hash(cellX, cellY, seed + 10),
    gridY - cellY - 0.3 - 0.4 * hash(cellX, cellY, seed + 11),
  )
  return 1 - ramp(0.2, 0.28, distance)
}

/** Curtains of northern light. */
export function aurora(seed: number, one: string, other: string): Layer {
  const [lower, upper] = [rgb(one), rgb(other)]
  return (brush) => {
    for (const curtain of [0, 1, 2]) {
      const line =
        0.42 - curtain * 0.1 + 0.16 * (fractal(brush.x * 1.6 + curtain * 5, seed, seed + curtain, 3) - 0.45)
      const above = line - brush.y
      if (above < -0.03) continue
      const rays = 0.45 + 0.55 * noise(brush.x * 26 + curtain * 3, brush.y * 1.2, seed + curtain)
      const strength = rays * ramp(-0.03, 0.02, above) * Math.exp(-above * 6.5) * (0.5 - curtain * 0.1)
      shine(brush, lower, strength)
      shine(brush, upper, strength * ramp(0.05, 0.3, above) * 1.4)
    }
  }
}

/** Long exposure: stars drawn as arcs around a point. */
export function starTrails(x: number, y: number, seed: number): Layer {
  return (brush) => {
    const [fromX, fromY] = [brush.x - x, brush.y - y]
    const radius = Math.hypot(fromX, fromY)
    const ring = Math.floor(radius * 190)
    const start = hash(ring, 1, seed)
    const angle = (Math.atan2(fromY, fromX) / (Math.PI * 2) + 1) % 1
    const along = (angle * (2 + (ring % 3)) + start) % 1
    const length = 0.25 + 0.45 * hash(ring, 2, seed)
    const on = ramp(0, 0.02, along) * (1 - ramp(length - 0.08, length, along))
    const across = 1 - ramp(0.12, 0.42, Math.abs(radius * 190 - ring - 0.5))
    const warmth = hash(ring, 3, seed)
    shine(
      brush,
      [0.85 + 0.15 * warmth, 0.88, 1 - 0.3 * warmth],
      on * across * (0.12 + 0.6 * hash(ring, 4, seed) ** 2),
    )
  }
}

/** An observatory: a dome with its slit open on a low building. */
export function observatory(x: number, y: number, size: number, hex: string, lit: string): Layer {
  const [colour, litColour] = [rgb(hex), rgb(lit)]
  return (brush) => {
    const [fromX, fromY] = [(brush.x - x) / size, (brush.y - y) / size]
    const soft = brush.pixel / size
    const dome = fromY <= 0 ? 1 - ramp(1 - soft, 1 + soft, Math.hypot(fromX, fromY)) : 0
    const wall = fromY > 0 && fromY < 1.5 ? 1 - ramp(1.06 - soft, 1.06 + soft, Math.abs(fromX)) : 0
    cover(brush, colour, Math.max(dome, wall))
    const slit =
      dome *
      (1 - ramp(0.09 - soft, 0.09 + soft, Math.abs(fromX + fromY * 0.55 + 0.08))) *
      ramp(0.3, 0.5, -fromY)
    cover(brush, litColour, slit * 0.9)
    const door = fromY > 0.55 && fromY < 1.2 && Math.abs(fromX - 0.4) < 0.13 ? 0.85 : 0
    cover(brush, litColour, door)
  }
}

/** Rays from a point, as on an old seaside poster. */
export function rays(x: number, y: number, count: number, hex: string, amount: number): Layer {
  const colour = rgb(hex)
  return (brush) => {
    const angle = Math.atan2(brush.y - y, brush.x - x) * count
    const distance = Math.hypot(brush.x - x, brush.y - y)
    const soft = Math.min(1, (brush.pixel * count) / Math.max(distance, 0.01))
    cover(brush, colour, amount * ramp(-soft, soft, Math.sin(angle)))
  }
}

/** A conservatory: ribs of an arch against the light. */
export function glasshouse(y: number, hex: string): Layer {
  const colour = rgb(hex)
  return (brush) => {
    const arch = Math.hypot(brush.x * 1.05, Math.max(0, 0.62 - brush.y))
    const soft = brush.pixel
    const bars = [0.46, 0.36, 0.24].map(
      (radius) => 1 - ramp(0.004, 0.004 + soft * 2, Math.abs(arch - radius)),
    )
    const isInside = arch < 0.46 && brush.y < y
    const angle = Math.atan2(brush.y - 0.62, brush.x * 1.05)
    const spoke = Math.abs(((angle * 9) / Math.PI + 20.5) % 1) - 0.5
    const spokes =
      isInside && brush.y < 0.62 ? 1 - ramp(0.012, 0.03, Math.abs(spoke) * Math.max(arch, 0.05) * 2.2) : 0
    const posts =
      isInside && brush.y >= 0.62
        ? 1 - ramp(0.003, 0.006, Math.abs(((brush.x * 8.4 + 20.5) % 1) - 0.5) / 8)
        : 0
    cover(brush, colour, brush.y < y ? Math.max(...bars, spokes, posts) * 0.9 : 0)
  }
}

/** Big leaves rising from the bottom edge. */
export function leaves(seed: number, count: number, light: string, dark: string, rise: number): Layer {
  const [lightColour, darkColour] = [rgb(light), rgb(dark)]
  const plan = Array.from({ length: count }, (_, index) => ({
    x: (hash(index, 0, seed) - 0.5) * 2,
    lean: (hash(index, 1, seed) - 0.5) * 1.5,
    length: rise * (0.55 + 0.65 * hash(index, 2, seed)),
    share: hash(index, 3, seed),
  }))
  return (brush) => {
    for (const leaf of plan) paintLeaf(brush, leaf, lightColour, darkColour)
  }
}

function paintLeaf(
  brush: Brush,
  leaf: { x: number; lean: number; length: number; share: number },
  light: readonly [number, number, number],
  dark: readonly [number, number, number],
): void {
  const along = (1.02 - brush.y) / leaf.length
  if (along < 0 || along > 1) return
  const middle = leaf.x + leaf.lean * leaf.length * along * along
  const width = 0.09 * leaf.length * 2.4 * Math.sin(Math.PI * Math.min(1, along * 0.9 + 0.1)) ** 0.8
  const across = (brush.x - middle) / Math.max(width, 0.001)
  if (Math.abs(across) > 1.1) return
  const share = 1 - ramp(1 - brush.pixel / width, 1 + brush.pixel / width, Math.abs(across))
  const vein = 0.5 + 0.5 * Math.sin((along * 26 - Math.abs(across) * 5) * 2)
  const tone = leaf.share * 0.5 + (across > 0 ? 0.3 : 0) + vein * 0.08 + along * 0.2
  cover(
    brush,
    [0, 1, 2].map((channel) => lerp(dark[channel]!, light[channel]!, tone)) as unknown as typeof dark,
    share,
  )
}
