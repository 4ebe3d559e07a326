import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { nodePath } from './ensure-packages.mjs'
import { run } from './run.mjs'
import { SetUpError, rootDir, say } from './say.mjs'

interface BuildTarget {
  readonly what: string
  /** Files and folders it is made from, relative to the repository. */
  readonly sources: readonly string[]
  readonly product: string
  /** Where the fingerprint of the sources is kept. */
  readonly stamp: string
  /** What Node runs to build it. */
  readonly args: readonly string[]
}

const pageSources = ['src-renderer', 'src-preload', 'vite.renderer.config.ts', 'package-lock.json']

const page: BuildTarget = {
  what: 'the page',
  sources: pageSources,
  product: 'out/renderer/index.html',
  stamp: 'out/renderer.stamp',
  args: [
    'node_modules/vite/bin/vite.js',
    'build',
    '--config',
    'vite.renderer.config.ts',
    '--logLevel',
    'warn',
  ],
}

const electronApp: BuildTarget = {
  what: 'the app',
  sources: [...pageSources, 'src-main', 'electron.vite.config.ts'],
  product: 'out/main/electron.js',
  stamp: 'out/electron.stamp',
  args: ['node_modules/electron-vite/bin/electron-vite.js', 'build', '--logLevel', 'warn'],
}

const lockDir = join(rootDir, 'node_modules/.cache/spool-build.lock')

/** Builds the page into `out/renderer` unless what is there was made from the same files. */
export const ensureRenderer = (): Promise<void> => ensureBuilt(page, false)

/** Builds main, preload and page for Electron, into `out/`. */
export const ensureElectronBuild = ({ always = false } = {}): Promise<void> =>
  ensureBuilt(electronApp, always)

async function ensureBuilt(target: BuildTarget, always: boolean): Promise<void> {
  if (!always && isFresh(target)) return
  using _lock = await takeLock()
  // Somebody else may have built while we waited.
  if (!always && isFresh(target)) return
  say(`Building ${target.what}…`)
  const print = fingerprint(target.sources)
  rmSync(join(rootDir, target.stamp), { force: true })
  const code = await run(nodePath, target.args, { env: { ...process.env, NODE_ENV: 'production' } })
  if (code !== 0) throw new SetUpError(`Building ${target.what} failed; what is wrong is said above.`)
  writeFileSync(join(rootDir, target.stamp), print)
}

function isFresh(target: BuildTarget): boolean {
  const stamp = join(rootDir, target.stamp)
  if (!existsSync(join(rootDir, target.product)) || !existsSync(stamp)) return false
  return readFileSync(stamp, 'utf8') === fingerprint(target.sources)
}

/** Names the contents of these files; their times would lie after a checkout. */
function fingerprint(sources: readonly string[]): string {
  const hash = createHash('sha256')
  for (const source of sources)
    for (const path of filesOf(join(rootDir, source)))
      hash.update(path).update('\0').update(readFileSync(path))
  return hash.digest('hex')
}

function filesOf(path: string): readonly string[] {
  if (!existsSync(path)) return []
  if (statSync(path).isFile()) return [path]
  return readdirSync(path)
    .filter((name) => !/\.test\.tsx?$/.test(name))
    .sort()
    .flatMap((name) => filesOf(join(path, name)))
}

/** Two starts at once must not build into one folder. A lock whose owner is gone counts for nothing. */
async function takeLock(): Promise<Disposable> {
  mkdirSync(join(lockDir, '..'), { recursive: true })
  const pidFile = join(lockDir, 'pid')
  for (;;) {
    try {
      mkdirSync(lockDir)
      writeFileSync(pidFile, String(process.pid))
      return { [Symbol.dispose]: () => rmSync(lockDir, { recursive: true, force: true }) }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    await wait(200)
    const owner = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : 0
    if (owner > 0 && !isAlive(owner)) rmSync(lockDir, { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
