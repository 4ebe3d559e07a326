import type { Page } from '@playwright/test'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Opens an address or a file, jumps to `atSeconds` and answers the checksums of the pictures that follow. */
export type FrameReader = (input: string, atSeconds: number) => Promise<readonly string[]>

const frames = 5

function runPlayer(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: 60_000 })
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr.slice(-400)}`)
  return stdout
}

/** The last column of what ffmpeg's `framemd5` writes, which mpv can write too. */
const checksumsOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(',').at(-1)?.trim() ?? '')

export const readFfmpegFrames: FrameReader = (input, atSeconds) => {
  const seek = ['-v', 'error', '-nostdin', '-ss', String(atSeconds), '-i', input]
  const text = runPlayer('ffmpeg', [
    ...seek,
    '-map',
    '0:v:0',
    '-frames:v',
    String(frames),
    '-f',
    'framemd5',
    '-',
  ])
  return Promise.resolve(checksumsOf(text))
}

export const isMpvInstalled = (): boolean => spawnSync('mpv', ['--version']).status === 0

export const readMpvFrames: FrameReader = (input, atSeconds) => {
  const folder = mkdtempSync(join(tmpdir(), 'spool-mpv-'))
  try {
    const output = join(folder, 'frames.txt')
    const what = [`--start=${atSeconds}`, `--frames=${frames}`, '--no-audio', '--sid=no']
    const where = ['--of=framemd5', '--ovc=rawvideo', `--o=${output}`]
    runPlayer('mpv', ['--no-config', '--no-terminal', ...what, ...where, input])
    return Promise.resolve(checksumsOf(readFileSync(output, 'utf8')))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Chromium shows a film that is opened like a page; one picture, as it stands on the screen. */
export const readChromiumFrames =
  (page: Page): FrameReader =>
  async (input, atSeconds) => {
    if (page.url() !== input) {
      await page.goto(input)
      await page.evaluate(() => {
        const video = document.querySelector('video')
        if (video === null) throw new Error('no film was opened')
        video.controls = false
        video.pause()
      })
    }
    await page.evaluate(async (seconds) => {
      const video = document.querySelector('video')
      if (video === null) throw new Error('no film was opened')
      const shown = new Promise<void>((resolve) => video.requestVideoFrameCallback(() => resolve()))
      video.currentTime = seconds
      await shown
    }, atSeconds)
    const picture = await page.locator('video').screenshot()
    return [createHash('sha256').update(picture).digest('hex')]
  }
