import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

/** What a start without Electron comes to. `sentence` says in one line what is fallen back from and to. */
export type WindowChoice =
  | { readonly kind: 'window'; readonly browserPath: string; readonly sentence: string }
  | { readonly kind: 'address'; readonly sentence: string }

interface Machine {
  readonly isHeadless: boolean
  readonly hasDisplay: boolean
  readonly browserPath: string | null
}

export const hasDisplay = (
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
): boolean => platform !== 'linux' || Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY'])

export function chooseWindow(appUrl: string, { isHeadless, hasDisplay, browserPath }: Machine): WindowChoice {
  if (isHeadless) return { kind: 'address', sentence: `Spool is at ${appUrl}` }
  if (!hasDisplay)
    return {
      kind: 'address',
      sentence: `There is no display for a window here; open Spool in a browser instead: ${appUrl}`,
    }
  if (browserPath === null)
    return {
      kind: 'address',
      sentence: `Neither Electron nor Chromium, Chrome or Edge is installed here; open Spool in a browser instead: ${appUrl}`,
    }
  const sentence = `Electron is not installed here; Spool opens in a window of ${basename(browserPath)} instead.`
  return { kind: 'window', browserPath, sentence }
}

/** A browser that ends with an error this soon has shown nothing, ms. */
const openingMs = 10_000

/** Opens the app in a window of its own and calls back when the window was closed, or never opened. */
export function openAppWindow(
  browserPath: string,
  appUrl: string,
  onEnd: (how: 'closed' | 'never-opened') => void,
): Disposable {
  // A profile of our own: an already running browser would take the window over, and we would not see it close.
  const profileDir = mkdtempSync(join(tmpdir(), 'spool-window-'))
  const flags = [
    `--app=${appUrl}`,
    `--user-data-dir=${profileDir}`,
    '--no-first-run',
    '--no-default-browser-check',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--autoplay-policy=no-user-gesture-required',
    '--window-size=1280,800',
  ]
  // Chromium refuses to run as root with its sandbox.
  if (process.getuid?.() === 0) flags.push('--no-sandbox')
  const child = spawn(browserPath, flags, { stdio: 'ignore' })
  let isOver = false
  const startedAt = performance.now()
  const end = (how: 'closed' | 'never-opened'): void => {
    if (isOver) return
    isOver = true
    rmSync(profileDir, { recursive: true, force: true, maxRetries: 3 })
    onEnd(how)
  }
  child.once('error', () => end('never-opened'))
  child.once('exit', (code) => {
    const hasFailed = code !== null && code !== 0 && performance.now() - startedAt < openingMs
    end(hasFailed ? 'never-opened' : 'closed')
  })
  return {
    [Symbol.dispose]() {
      child.kill('SIGTERM')
    },
  }
}
