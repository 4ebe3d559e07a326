import { existsSync } from 'node:fs'
import { findChromium, findOnPath } from '../../src-main/shell-browser/find-chromium.ts'
import { run } from './run.mjs'
import { SetUpError, say } from './say.mjs'

export type Tool = 'ffmpeg' | 'chromium'

interface ToolRecipe {
  isThere(): boolean
  /** Debian's names. */
  readonly packages: readonly string[]
  readonly advice: string
}

const tools: Readonly<Record<Tool, ToolRecipe>> = {
  ffmpeg: {
    // The demo writes titles on its pictures, so it needs a font as well.
    isThere: () =>
      findOnPath(['ffmpeg']) !== null &&
      (process.platform !== 'linux' || existsSync('/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf')),
    packages: ['ffmpeg', 'fonts-dejavu-core'],
    advice:
      'ffmpeg (with libx264) and the DejaVu fonts make the demo films: install both with your package manager, so that "ffmpeg" is on the PATH.',
  },
  chromium: {
    isThere: () => findChromium() !== null,
    packages: ['chromium'],
    advice: 'Chromium, Chrome or Edge is needed: install one, or name it with SPOOL_CHROMIUM=/path/to/it.',
  },
}

/** Makes sure that these programs are there; as root on Debian or Ubuntu by installing them. */
export async function ensureTools(names: readonly Tool[]): Promise<void> {
  const missing = names.filter((name) => !tools[name].isThere())
  if (missing.length === 0) return
  const packages = missing.flatMap((name) => tools[name].packages)
  if (canInstall()) {
    say(`Installing ${packages.join(', ')} (apt-get)…`)
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    await run('apt-get', ['update', '-qq'], { env })
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { env })
  }
  const still = missing.filter((name) => !tools[name].isThere())
  // A font that cannot be had makes the films plainer, and that is all.
  const isOnlyFont = still.length === 1 && still[0] === 'ffmpeg' && findOnPath(['ffmpeg']) !== null
  if (still.length === 0 || isOnlyFont) return
  throw new SetUpError(still.map((name) => tools[name].advice).join('\n'))
}

function canInstall(): boolean {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version') && findOnPath(['apt-get']) !== null
}
