import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFfmpeg } from '../../../../../demo/media/run-ffmpeg.ts'

const numberedName = '%05d'

interface Making {
  /** The film begins so much later in them: what is cut elsewhere. */
  readonly startS?: number
  /** Pictures between key frames; 24 a second. */
  readonly keyframeEvery?: number
  /** Other settings of the encoder. */
  readonly encoder?: readonly string[]
}

function encode(folder: string, count: number, args: readonly string[], making: Making = {}): void {
  const { startS = 0, keyframeEvery = 24, encoder = [] } = making
  const source = `testsrc=size=128x72:rate=24:duration=${count + startS},trim=start=${startS},setpts=PTS-STARTPTS`
  const tone = `sine=frequency=440:duration=${count}`
  const every = String(keyframeEvery)
  execFileSync(
    findFfmpeg(),
    [
      ...['-v', 'error', '-nostdin', '-f', 'lavfi', '-i', source, '-f', 'lavfi', '-i', tone],
      ...['-c:v', 'libx264', '-preset', 'ultrafast', '-g', every, '-keyint_min', every, '-sc_threshold', '0'],
      ...['-pix_fmt', 'yuv420p', ...encoder],
      ...['-c:a', 'aac', '-ac', '1', '-b:a', '32k', ...args],
    ],
    { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] },
  )
}

function inFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'spool-segments-'))
  try {
    return work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const numbered = (folder: string, count: number, extension: string): Buffer[] =>
  Array.from({ length: count }, (_, seq) =>
    readFileSync(join(folder, `${String(seq).padStart(5, '0')}.${extension}`)),
  )

/** MPEG-TS segments of one second, as a transcoder makes them. `offsetS`: how far their timestamps run ahead of the film. */
export function makeTsSegments(count: number, offsetS: number, making: Making = {}): readonly Buffer[] {
  return inFolder((folder) => {
    const args = [
      ...['-muxdelay', '0', '-muxpreload', '0', '-output_ts_offset', String(offsetS)],
      ...['-f', 'segment', '-segment_format', 'mpegts', '-segment_time', '1', `${numberedName}.ts`],
    ]
    encode(folder, count, args, making)
    return numbered(folder, readdirSync(folder).length, 'ts')
  })
}

/** The same as fragmented MP4: an initialisation part, and fragments of one second with the picture alone. */
export function makeFmp4Segments(count: number): {
  readonly init: Buffer
  readonly segments: readonly Buffer[]
} {
  return inFolder((folder) => {
    encode(folder, count, [
      ...['-an', '-f', 'hls', '-hls_segment_type', 'fmp4', '-hls_time', '1', '-hls_playlist_type', 'vod'],
      ...[
        '-hls_segment_filename',
        `${numberedName}.m4s`,
        '-hls_fmp4_init_filename',
        'init.mp4',
        'index.m3u8',
      ],
    ])
    return { init: readFileSync(join(folder, 'init.mp4')), segments: numbered(folder, count, 'm4s') }
  })
}
