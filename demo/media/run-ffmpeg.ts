import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'

/** Path of the ffmpeg to use: `$SPOOL_FFMPEG`, one on the PATH, or the npm package's; throws when there is none. */
export function findFfmpeg(environment: NodeJS.ProcessEnv = process.env): string {
  const chosen = environment['SPOOL_FFMPEG']
  if (chosen) return chosen
  const executable = process.platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg'
  const folders = (environment['PATH'] ?? '').split(delimiter)
  const installed = folders.map((folder) => join(folder, executable)).find((path) => existsSync(path))
  return installed ?? packagedFfmpeg()
}

function packagedFfmpeg(): string {
  try {
    const installer = createRequire(import.meta.url)('@ffmpeg-installer/ffmpeg') as { path: string }
    return installer.path
  } catch (cause) {
    throw new Error('The demo server needs ffmpeg: install it or set SPOOL_FFMPEG to its path.', { cause })
  }
}

const MONO_BOLD = ['DejaVuSansMono-Bold.ttf', 'LiberationMono-Bold.ttf', 'Menlo.ttc', 'consolab.ttf']
const SANS_BOLD = [
  'InterDisplay-Bold.otf',
  'DejaVuSans-Bold.ttf',
  'LiberationSans-Bold.ttf',
  'HelveticaNeue.ttc',
  'arialbd.ttf',
]
const FONT_FOLDERS = [
  '/usr/share/fonts/truetype/dejavu',
  '/usr/share/fonts/opentype/inter',
  '/usr/share/fonts/truetype/liberation',
  '/usr/share/fonts/dejavu-sans-fonts',
  '/usr/share/fonts/dejavu-sans-mono-fonts',
  '/usr/share/fonts/TTF',
  '/System/Library/Fonts',
  'C:/Windows/Fonts',
]

/** Fonts for the pictures; null where none is known, and then pictures go without text. */
export const FONTS = { monoBold: findFont(MONO_BOLD), sansBold: findFont(SANS_BOLD) }

function findFont(names: readonly string[]): string | null {
  return (
    names
      .flatMap((name) => FONT_FOLDERS.map((folder) => join(folder, name)))
      .find((path) => existsSync(path)) ?? null
  )
}

/** Runs ffmpeg to its end with optional bytes on its input; resolves with its output, rejects with its complaint. */
export function runFfmpeg(
  args: readonly string[],
  input?: Uint8Array,
  signal?: AbortSignal,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn(findFfmpeg(), ['-hide_banner', '-loglevel', 'error', '-y', ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(signal ? { signal } : {}),
    })
    child.on('error', reject)
    const output: Buffer[] = []
    let complaint = ''
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()))
    child.stdin.on('error', () => {}) // it closed its input early: its exit code tells why
    child.once('close', (code) => {
      if (code === 0) resolve(Buffer.concat(output))
      else reject(new Error(`ffmpeg ended with ${code}: ${complaint.trim()}`))
    })
    child.stdin.end(input)
  })
}
