/** One rung of the quality ladder that clients ask for. */
export interface QualityRung {
  /** As in the surface document, e.g. `720p-4000k`. */
  readonly name: string
  /** 1..13, what the frame strip's last four bits say. */
  readonly number: number
  /** Whole stream, sound included. */
  readonly kbps: number
  /** The box a picture is fitted into, as Plex clients send it. */
  readonly maxWidth: number
  readonly maxHeight: number
}

/** The rung number of an encode that matches no rung by name. */
export const UNNAMED_RUNG = 15

/** All rungs in the order of the surface document; the number is the position, 0 being the original. */
export const QUALITY_RUNGS: readonly QualityRung[] = [
  rung('2160p-40000k', 1, 40_000, 3840, 2160),
  rung('2160p-30000k', 2, 30_000, 3840, 2160),
  rung('2160p-20000k', 3, 20_000, 3840, 2160),
  rung('1080p-20000k', 4, 20_000, 1920, 1080),
  rung('1080p-12000k', 5, 12_000, 1920, 1080),
  rung('1080p-10000k', 6, 10_000, 1920, 1080),
  rung('1080p-8000k', 7, 8000, 1920, 1080),
  rung('720p-4000k', 8, 4000, 1280, 720),
  rung('720p-3000k', 9, 3000, 1280, 720),
  rung('720p-2000k', 10, 2000, 1280, 720),
  rung('480p-1500k', 11, 1500, 720, 480),
  rung('360p-720k', 12, 720, 576, 360),
  rung('240p-320k', 13, 320, 420, 240),
]

function rung(name: string, number: number, kbps: number, maxWidth: number, maxHeight: number): QualityRung {
  return { name, number, kbps, maxWidth, maxHeight }
}

/**
 * The rung that a request means. Clients differ in the box they send for a rung (853x480 or 720x480), so the bitrate
 * decides; only 20 Mbit/s exists twice, and there the height does.
 */
export function rungOf(kbps: number, maxHeight: number): QualityRung | null {
  const sameKbps = QUALITY_RUNGS.filter((candidate) => candidate.kbps === kbps)
  return sameKbps.find((candidate) => maxHeight >= candidate.maxHeight) ?? sameKbps.at(-1) ?? null
}
