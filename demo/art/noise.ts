/** A repeatable pseudo-random number in 0..1 for a point of a grid. */
export function hash(x: number, y: number, seed: number): number {
  let bits =
    (Math.imul(x | 0, 374_761_393) + Math.imul(y | 0, 668_265_263) + Math.imul(seed, 1_274_126_177)) | 0
  bits = Math.imul(bits ^ (bits >>> 13), 1_274_126_177)
  return ((bits ^ (bits >>> 16)) >>> 0) / 4_294_967_296
}

/** Smooth noise in 0..1. */
export function noise(x: number, y: number, seed: number): number {
  const [cellX, cellY] = [Math.floor(x), Math.floor(y)]
  const [u, v] = [fade(x - cellX), fade(y - cellY)]
  const top = lerp(hash(cellX, cellY, seed), hash(cellX + 1, cellY, seed), u)
  const bottom = lerp(hash(cellX, cellY + 1, seed), hash(cellX + 1, cellY + 1, seed), u)
  return lerp(top, bottom, v)
}

/** Noise at several scales: clouds, ridges, ripples. About 0..1, mostly near the middle. */
export function fractal(x: number, y: number, seed: number, octaves: number): number {
  let sum = 0
  let weight = 0.5
  let scale = 1
  for (let octave = 0; octave < octaves; octave++) {
    sum += weight * noise(x * scale, y * scale, seed + octave)
    weight /= 2
    scale *= 2.03
  }
  return sum
}

/** 0 below `from`, 1 above `to`, smooth between. */
export function ramp(from: number, to: number, value: number): number {
  const share = Math.min(1, Math.max(0, (value - from) / (to - from)))
  return share * share * (3 - 2 * share)
}

export function lerp(one: number, other: number, share: number): number {
  return one + (other - one) * share
}

function fade(share: number): number {
  return share * share * (3 - 2 * share)
}
