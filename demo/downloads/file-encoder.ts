import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { CataloguePart } from '../library/catalogue-types.ts'
import { findFfmpeg } from '../media/run-ffmpeg.ts'
import type { EncodePlan } from '../transcode/encode-plan.ts'
import { pictureGraph } from '../transcode/encoder-arguments.ts'
import type { Watchdog } from '../transcode/watchdog.ts'

/** One whole file to be made. */
export interface FileJob {
  readonly part: CataloguePart
  readonly inputPath: string
  readonly plan: EncodePlan
  readonly outputPath: string
  readonly container: 'mp4' | 'mkv'
  readonly burnedSubtitlePath: string | null
  readonly font: string | null
  /** Written into the file, so that no two encodes are the same bytes, as none on a real server are. */
  readonly run: number
}

/** ffmpeg's arguments: the same picture as a segment's, in one file that can be sought in. */
export function fileArguments(job: FileJob): string[] {
  const { plan, part } = job
  const keyFrameEvery = `${part.framesPerSecond * 3}`
  const format = job.container === 'mp4' ? ['-movflags', '+faststart', '-f', 'mp4'] : ['-f', 'matroska']
  return [
    ...['-hide_banner', '-loglevel', 'error', '-nostdin', '-y', '-progress', 'pipe:1', '-i', job.inputPath],
    ...['-filter_complex', pictureGraph(job), '-map', '[picture_out]', '-map', `0:a:${plan.audioPosition}`],
    ...['-sn', '-c:v', 'libx264', '-preset', 'ultrafast', '-threads', '2', '-pix_fmt', 'yuv420p'],
    ...['-b:v', `${plan.videoKbps}k`, '-maxrate', `${plan.videoKbps}k`, '-bufsize', `${plan.videoKbps}k`],
    ...['-g', keyFrameEvery, '-keyint_min', keyFrameEvery, '-sc_threshold', '0'],
    ...['-c:a', 'aac', '-b:a', `${plan.audioKbps}k`, '-ac', '2', '-ar', '48000', '-map_metadata', '-1'],
    ...['-metadata', `comment=encode ${String(job.run).padStart(4, '0')}`, ...format, job.outputPath],
  ]
}

export interface FileEncoderEvents {
  /** Seconds of film that are encoded. */
  progress(encodedS: number): void
  /** `complaint` is null when the whole film is in the file. */
  ended(complaint: string | null): void
}

/** A running ffmpeg. Disposing kills it; it then reports nothing more. */
export function startFileEncoder(job: FileJob, watchdog: Watchdog, events: FileEncoderEvents): Disposable {
  const child = spawn(findFfmpeg(), fileArguments(job), { stdio: ['ignore', 'pipe', 'pipe'] })
  const pid = child.pid ?? 0
  let isDisposed = false
  let complaint = ''
  if (pid) watchdog.add(pid)
  createInterface({ input: child.stdout }).on('line', (line) => {
    const encodedUs = Number(/^out_time_us=(\d+)$/.exec(line)?.[1] ?? NaN)
    if (!isDisposed && Number.isFinite(encodedUs)) events.progress(encodedUs / 1e6)
  })
  child.stderr.on('data', (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-2000)))
  child.once('error', (error) => {
    if (!isDisposed) events.ended(error.message)
  })
  child.once('close', (code) => {
    watchdog.remove(pid)
    if (!isDisposed && pid) events.ended(code === 0 ? null : `ffmpeg ended with ${code}: ${complaint.trim()}`)
  })
  return {
    [Symbol.dispose]() {
      isDisposed = true
      child.kill('SIGKILL')
    },
  }
}
