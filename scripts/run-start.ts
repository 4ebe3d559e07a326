import { hasDisplay } from '../src-main/shell-browser/open-app-window.ts'
import { readFlags } from '../src-main/shell-common/read-flags.ts'
import { electronBinary } from './set-up/electron-binary.ts'
import { ensureElectronBuild, ensureRenderer } from './set-up/ensure-build.ts'
import { exitOf, startForeign, startProgram } from './supervise.mjs'

/** Starts the app in Electron where its binary is here, else in the browser shell, which says what it does instead. */
export async function runStart(args: readonly string[]): Promise<number> {
  return await exitOf(await startApp(args, process.env, 'inherit'))
}

/** Starts the app process with these flags; which shell it is follows from the machine and `--headless`. */
export async function startApp(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  stdout: 'inherit' | 'pipe',
): Promise<ReturnType<typeof startProgram>> {
  const binary = wantsWindow(args) ? electronBinary() : null
  if (binary !== null) {
    await ensureElectronBuild()
    // The folder and not a file in it: from there the app finds its migrations and its page.
    return startForeign(binary, ['.', ...args], { env, stdout })
  }
  await ensureRenderer()
  return startProgram(['src-main/browser.ts', ...args], { env, stdout })
}

function wantsWindow(args: readonly string[]): boolean {
  return !readFlags(args).isHeadless && hasDisplay(process.platform, process.env)
}
