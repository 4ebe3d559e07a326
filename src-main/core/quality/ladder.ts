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
  readonly height: number | null
  readonly bitrateKbps: number | null
}

/** Taller than the source, or as tall with a bitrate at or over the source's. */
export function isAboveSource(step: Rung, source: SourcePicture): boolean {
  if (source.height === null) return false
  // A 2.39:1 picture in a 1080p frame is 800 lines high: compare with the class of the frame, not its lines.
  const height = classHeight(source.height)
  if (step.height > height) return true
  return step.height === height && source.bitrateKbps !== null && step.bitrateKbps >= source.bitrateKbps
}

const classes = [2160, 1080, 720, 480, 360, 240] as const

function classHeight(height: number): number {
  // Wide pictures keep about 0.74 of their class's lines (2.39:1 against 16:9).
  for (const lines of classes) if (height > lines * 0.73 && height <= lines) return lines
  return height
}
