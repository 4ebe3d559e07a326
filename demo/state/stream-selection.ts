import { streamIdOf } from '../library/catalogue-build.ts'
import type { CataloguePart } from '../library/catalogue-types.ts'

/** The tracks chosen on a part, as positions; no subtitle is null. */
export interface SelectedTracks {
  readonly audio: number
  readonly subtitle: number | null
}

/** Positions of a part's tracks by stream id. */
export function trackPositions(part: CataloguePart): {
  audio: Map<number, number>
  subtitle: Map<number, number>
} {
  const audio = new Map(part.audio.map((_, index) => [streamIdOf(part.partId, 1 + index), index]))
  const subtitle = new Map(
    part.subtitles.map((_, index) => [streamIdOf(part.partId, 1 + part.audio.length + index), index]),
  )
  return { audio, subtitle }
}

/** Which tracks the user chose on each part; the next transcode decision goes by it. */
export class StreamSelection {
  readonly #chosen = new Map<number, SelectedTracks>()

  of(part: CataloguePart): SelectedTracks {
    const defaultAudio = Math.max(
      0,
      part.audio.findIndex((audio) => audio.isDefault),
    )
    return this.#chosen.get(part.partId) ?? { audio: defaultAudio, subtitle: null }
  }

  /** Chooses by stream id; subtitle 0 means none. Returns false when the part has no such stream. */
  choose(part: CataloguePart, audioStreamId: number | null, subtitleStreamId: number | null): boolean {
    const positions = trackPositions(part)
    const before = this.of(part)
    const audio = audioStreamId === null ? before.audio : positions.audio.get(audioStreamId)
    const subtitle =
      subtitleStreamId === null
        ? before.subtitle
        : subtitleStreamId === 0
          ? null
          : positions.subtitle.get(subtitleStreamId)
    if (audio === undefined || subtitle === undefined) return false
    this.#chosen.set(part.partId, { audio, subtitle })
    return true
  }
}
