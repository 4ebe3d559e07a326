import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './run.mjs'
import { SetUpError, rootDir, say } from './say.mjs'

/** The Node 24 that runs everything but the set-up: it is one of the packages. */
export const nodePath =
  process.platform === 'win32'
    ? join(rootDir, 'node_modules/node/bin/node.exe')
    : join(rootDir, 'node_modules/node/bin/node')

/** Makes `node_modules` what `package-lock.json` says, with a Node 24 in it. */
export async function ensurePackages() {
  if (Number(process.versions.node.split('.')[0]) < 20)
    throw new SetUpError(
      `Spool needs Node 20 or newer to set itself up, and this is ${process.version}. See https://nodejs.org.`,
    )
  if (!packagesMatch()) {
    say('Installing packages (npm ci)…')
    const code = await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
    if (code !== 0)
      throw new SetUpError(
        'The packages could not be installed. Check the network and run "npm ci" to see what it says.',
      )
  }
  if (!isNode24()) {
    // npm may be told not to run install scripts; this package is nothing without its own.
    say('Fetching Node 24…')
    await run(process.execPath, ['installArchSpecificPackage.js'], {
      cwd: join(rootDir, 'node_modules/node'),
    })
    if (!isNode24())
      throw new SetUpError('Node 24 could not be fetched. Run "npm rebuild node" to see what is in the way.')
  }
}

/** Whether every package of the lock file is there in its version, by npm's own record of what it installed. */
function packagesMatch() {
  const installedPath = join(rootDir, 'node_modules/.package-lock.json')
  if (!existsSync(installedPath)) return false
  try {
    const wanted = JSON.parse(readFileSync(join(rootDir, 'package-lock.json'), 'utf8')).packages
    const installed = JSON.parse(readFileSync(installedPath, 'utf8')).packages
    return Object.entries(wanted).every(([path, entry]) => {
      if (path === '') return true
      const present = installed[path]
      // Binaries of other platforms are in the lock file and rightly not here.
      if (present === undefined)
        return entry.optional === true || entry.devOptional === true || entry.peer === true
      return present.version === entry.version && existsSync(join(rootDir, path))
    })
  } catch {
    return false
  }
}

function isNode24() {
  if (!existsSync(nodePath)) return false
  try {
    return execFileSync(nodePath, ['--version'], { encoding: 'utf8' }).startsWith('v24.')
  } catch {
    return false
  }
}
