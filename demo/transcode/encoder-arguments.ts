import { stripFilter } from '../frame-strip.ts'
import { filterValue, qualityFilter } from '../media/picture-text.ts'
import type { CataloguePart } from '../library/catalogue-types.ts'
import type { EncodePlan } from './encode-plan.ts'
import type { Oddities } from './oddities.ts'

/** MPEG-TS timestamps run this far ahead of film time, as they do from a Plex Media Server. */
export const TIMESTAMP_OFFSET_S = 10

/** What decides the picture of an encode. */
type PictureJob = Pick<EncodeJob, 'part' | 'plan' | 'burnedSubtitlePath' | 'font'>

/** One run of the encoder: from a segment to the end of the film. */
export interface EncodeJob {
  readonly part: CataloguePart
  readonly inputPath: string
  readonly plan: EncodePlan
  readonly firstSegment: number
  readonly outputFolder: string
  /** SRT to draw into the picture. */
  readonly burnedSubtitlePath: string | null
  readonly font: string | null
  readonly oddities: Oddities
}

/** File name of a segment, five digits like the server's. */
export function segmentFileName(index: number): string {
  return `${String(index).padStart(5, '0')}.ts`
}

/**
 * ffmpeg's arguments. Source timestamps are kept (`-copyts`), so a segment has the same timestamps and frame numbers
 * whichever run or session made it. Key frames come only where segments begin, so the muxer may cut at each one it
 * meets; it names every finished segment on stdout, which is how a half-written one is never served.
 */
export function encoderArguments(job: EncodeJob): string[] {
  const { plan, oddities } = job
  const startS = job.firstSegment * plan.segmentSeconds + oddities.gridShiftS
  return [
    ...['-hide_banner', '-loglevel', 'error', '-nostdin', '-copyts', '-seek_timestamp', '1'],
    ...['-ss', `${startS}`, '-i', job.inputPath],
    ...(plan.copiesVideo || oddities.copies ? copiedPicture() : encodedPicture(job)),
    ...['-map', `0:a:${plan.audioPosition}`, '-sn'],
    ...['-c:a', 'aac', '-b:a', `${plan.audioKbps}k`, '-ac', '2', '-ar', '48000'],
    ...['-muxdelay', '0', '-muxpreload', '0', '-avoid_negative_ts', 'disabled', '-map_metadata', '-1'],
    ...[
      '-output_ts_offset',
      `${TIMESTAMP_OFFSET_S + oddities.clockShiftS}`,
      '-f',
      'segment',
      '-segment_format',
      'mpegts',
    ],
    // ffmpeg names a segment before it closes its file: without this its last bytes could still be in a buffer.
    ...['-segment_format_options', 'flush_packets=1'],
    // One muxer for all segments: packet counters then run on from each to the next, as decoders expect.
    ...[
      '-individual_header_trailer',
      '0',
      '-segment_time',
      '0.001',
      '-segment_start_number',
      `${job.firstSegment}`,
    ],
    ...['-segment_list', 'pipe:1', '-segment_list_type', 'csv', `${job.outputFolder}/%05d.ts`],
  ]
}

/** Cut at the source's key frames, wherever they are. */
function copiedPicture(): string[] {
  return ['-map', '0:v:0', '-c:v', 'copy', '-bsf:v', 'h264_mp4toannexb']
}

function encodedPicture(job: EncodeJob): string[] {
  const { plan, part, oddities } = job
  const framesPerSegment = `${part.framesPerSecond * plan.segmentSeconds}`
  return [
    ...['-filter_complex', pictureGraph(job), '-map', '[picture_out]'],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-threads', '2', '-pix_fmt', 'yuv420p'],
    ...(oddities.otherSettings ? ['-profile:v', 'main', '-refs', '2', '-coder', '1'] : []),
    ...['-b:v', `${plan.videoKbps}k`, '-maxrate', `${plan.videoKbps}k`, '-bufsize', `${plan.videoKbps}k`],
    ...['-g', framesPerSegment, '-keyint_min', framesPerSegment, '-sc_threshold', '0'],
  ]
}

/** Scaled, subtitles burned, strip and quality name on top. */
export function pictureGraph(job: PictureJob): string {
  const { plan, part } = job
  const strip = {
    framesPerSecond: part.framesPerSecond,
    film: part.filmCode,
    rung: plan.rungNumber,
    width: plan.width,
  }
  const subtitles = job.burnedSubtitlePath
    ? `subtitles=filename='${filterValue(job.burnedSubtitlePath)}',`
    : ''
  return [
    `[0:v:0]scale=${plan.width}:${plan.height}:flags=bilinear,format=yuv420p,${subtitles}null[scaled]`,
    stripFilter('scaled', 'marked', strip),
    `[marked]${qualityFilter(job.font, plan.qualityName)}[picture_out]`,
  ].join(';')
}
