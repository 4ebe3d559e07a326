import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { findFfmpeg } from '../media/run-ffmpeg.ts'
import type { Watchdog } from './watchdog.ts'

/** A running ffmpeg that writes segments. */
export interface Encoder extends Disposable {
  readonly pid: number
  readonly isResting: boolean
  /** Stops the process where it is, or lets it go on. */
  rest(isResting: boolean): void
}

/** What an encoder tells its session. */
export interface EncoderEvents {
  segmentFinished(index: number): void
  /** It ended by itself; `complaint` is null when it reached the end of the film. */
  ended(complaint: string | null): void
}

/** Starts ffmpeg with arguments from `encoderArguments`. Disposing kills it; it then reports nothing more. */
export function startEncoder(args: readonly string[], watchdog: Watchdog, events: EncoderEvents): Encoder {
  const child = spawn(findFfmpeg(), args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const pid = child.pid ?? 0
  let isResting = false
  let isDisposed = false
  let complaint = ''
  if (pid) watchdog.add(pid)
  createInterface({ input: child.stdout }).on('line', (line) => {
    const index = Number.parseInt(line, 10) // "00037.ts,47.000000,48.000000"
    if (!isDisposed && Number.isInteger(index)) events.segmentFinished(index)
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
    pid,
    get isResting() {
      return isResting
    },
    rest(shouldRest) {
      if (shouldRest === isResting || child.exitCode !== null || isDisposed) return
      isResting = shouldRest
      child.kill(shouldRest ? 'SIGSTOP' : 'SIGCONT')
    },
    [Symbol.dispose]() {
      isDisposed = true
      child.kill('SIGKILL') // ends a stopped process too
    },
  }
}
