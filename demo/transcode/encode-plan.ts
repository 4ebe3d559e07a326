import type { CataloguePart } from '../library/catalogue-types.ts'
import { rungOf, UNNAMED_RUNG } from '../quality-rungs.ts'
import type { TranscodeRequest } from './request.ts'

/** What a transcode will be like: decided once, the same for every restart of its encoder. */
export interface EncodePlan {
  readonly width: number
  readonly height: number
  /** Video and sound together. */
  readonly totalKbps: number
  readonly videoKbps: number
  readonly audioKbps: number
  /** The source's pictures go out as they are: the length of segments is then the source's, not the playlist's. */
  readonly copiesVideo: boolean
  /** For the frame strip. */
  readonly rungNumber: number
  /** For people: the rung's name, or the height and bitrate. */
  readonly qualityName: string
  readonly segmentSeconds: number
  readonly segmentCount: number
  /** Position among the file's sound tracks. */
  readonly audioPosition: number
  /** Position among the part's subtitles of the one to draw into the picture. */
  readonly burnedSubtitle: number | null
}

/** What the plan needs to know of the source besides the catalogue's description. */
export interface SourceFacts {
  readonly part: CataloguePart
  /** Bitrate of the whole file. */
  readonly kbps: number
  /** Position of the chosen sound track: the requested one, else the one selected on the part. */
  readonly audioPosition: number
  /** Position of the subtitle selected on the part, if any. */
  readonly selectedSubtitle: number | null
}

/** Fits the request to the source. Never larger and never richer than the source. */
export function planEncode(request: TranscodeRequest, source: SourceFacts): EncodePlan {
  const { part } = source
  const { width, height } = fitInto(part, request.box)
  const totalKbps = Math.min(request.totalKbps ?? Infinity, Math.max(source.kbps, 200))
  const audioKbps = totalKbps >= 1500 ? 128 : totalKbps >= 600 ? 96 : 64
  const rung =
    request.totalKbps === null ? null : rungOf(request.totalKbps, request.box?.height ?? part.height)
  return {
    width,
    height,
    totalKbps,
    videoKbps: totalKbps - audioKbps,
    audioKbps,
    copiesVideo: request.directStream && part.videoCodec === 'h264' && width === part.width,
    rungNumber: rung?.number ?? UNNAMED_RUNG,
    qualityName: rung?.name ?? `${height}p-${totalKbps}k`,
    segmentSeconds: request.secondsPerSegment,
    segmentCount: Math.ceil(part.durationMs / 1000 / request.secondsPerSegment),
    audioPosition: source.audioPosition,
    burnedSubtitle: request.subtitles === 'burn' ? source.selectedSubtitle : null,
  }
}

/** The largest picture of the source's shape in the box, both sides even as the encoder needs them. */
function fitInto(part: CataloguePart, box: TranscodeRequest['box']): { width: number; height: number } {
  const scale = box ? Math.min(1, box.width / part.width, box.height / part.height) : 1
  return { width: evenDown(part.width * scale), height: evenDown(part.height * scale) }
}

function evenDown(value: number): number {
  return Math.max(2, Math.floor((value + 0.5) / 2) * 2)
}
