import { asQuality, type Quality } from '../../../src-preload/contract/index.ts'

/** One step of the ladder. Sizes are upper bounds; the server keeps the aspect ratio and never upscales. */
export interface Rung {
  readonly name: Quality
  readonly width: number
  readonly height: number
  /** Picture and sound together. */
  readonly bitrateKbps: number
  /** Plex's `videoQuality` for this step. */
  readonly videoQuality: number
  /** Offered without asking for "more qualities". */
  readonly isDefault: boolean
}

const rung = (
  height: number,
  width: number,
  bitrateKbps: number,
  videoQuality: number,
  isDefault = false,
): Rung => ({
  name: asQuality(`${height}p-${bitrateKbps}k`),
  width,
  height,
  bitrateKbps,
  videoQuality,
  isDefault,
})

/** High to low. Steps and `videoQuality` are those of Plex's own clients. */
export const ladder: readonly Rung[] = [
  rung(2160, 3840, 40000, 100),
  rung(2160, 3840, 30000, 100),
  rung(2160, 3840, 20000, 100, true),
  rung(1080, 1920, 20000, 100),
  rung(1080, 1920, 12000, 90),
  rung(1080, 1920, 10000, 75),
  rung(1080, 1920, 8000, 60, true),
  rung(720, 1280, 4000, 100, true),
  rung(720, 1280, 3000, 75),
  rung(720, 1280, 2000, 60),
  rung(480, 720, 1500, 60, true),
  rung(360, 576, 720, 40, true),
  rung(240, 420, 320, 30),
]

/** What a rung is compared with; unknowns are null and make nothing "above". */
export interface SourcePicture {
  readonly width: number | null
  readonly height: number | null
  readonly bitrateKbps: number | null
}

/**
 * Taller than the source, or as tall with a bitrate at or over the source's. A wide film (1920×800) fills the width of its 1080p frame:
 * it counts as tall as that rung, because the server would send it unscaled.
 */
export function isAboveSource(step: Rung, source: SourcePicture): boolean {
  if (source.height === null || step.height < source.height) return false
  const isLarger = step.height > source.height && (source.width === null || step.width > source.width)
  return isLarger || (source.bitrateKbps !== null && step.bitrateKbps >= source.bitrateKbps)
}

/** The picture a rung makes of a source: it keeps its shape, fits into the rung's frame and never grows. Null when its size is not known. */
export function pictureOf(
  step: Rung,
  { width, height }: SourcePicture,
): { readonly width: number; readonly height: number } | null {
  if (width === null || height === null || width <= 0 || height <= 0) return null
  const scale = Math.min(1, step.width / width, step.height / height)
  return { width: Math.round(width * scale), height: Math.round(height * scale) }
}
