import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { nodePath } from './set-up/ensure-packages.mjs'
import { rootDir } from './set-up/say.mjs'

/** Programs are asked to end first and made to end after this long. */
const graceMs = 2600

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

/** @type {Set<ChildProcess>} */
const children = new Set()
/** Those that others talk to: asked to end only when the others have. @type {Set<ChildProcess>} */
const servers = new Set()
let isEnding = false

/**
 * Starts a TypeScript or JavaScript file on Node 24 as a child that ends when this process does.
 * @param {readonly string[]} args the file, relative to the repository, and its arguments
 * @param {{ env?: NodeJS.ProcessEnv, stdout?: 'inherit' | 'pipe', endsLast?: boolean }} [options]
 */
export function startProgram(args, options = {}) {
  const follow = pathToFileURL(join(rootDir, 'scripts/follow-parent.mjs')).href
  return adopt(
    spawn(nodePath, ['--disable-warning=ExperimentalWarning', '--import', follow, ...args], {
      cwd: rootDir,
      env: options.env ?? process.env,
      stdio: ['inherit', options.stdout ?? 'inherit', 'inherit', 'ipc'],
    }),
    options.endsLast,
  )
}

/**
 * Starts any other program; it learns of our end by signal only.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, stdout?: 'inherit' | 'pipe' }} [options]
 */
export function startForeign(program, args, options = {}) {
  const stdio = /** @type {const} */ (['inherit', options.stdout ?? 'inherit', 'inherit'])
  return adopt(spawn(program, args, { cwd: rootDir, env: options.env ?? process.env, stdio: [...stdio] }))
}

/** @param {ChildProcess} child @param {boolean} [endsLast] */
function adopt(child, endsLast = false) {
  const group = endsLast ? servers : children
  group.add(child)
  child.once('exit', () => {
    group.delete(child)
    if (isEnding) signalNext('SIGTERM')
  })
  watchOwnEnd()
  // Started a moment too late: what asked us to end did not mean to spare it.
  if (isEnding) child.kill('SIGTERM')
  return child
}

/** @param {NodeJS.Signals} signal */
function signalNext(signal) {
  for (const child of children.size > 0 ? children : servers) child.kill(signal)
}

/**
 * Resolves with the exit code of `child`; one that was ended by a signal counts as the shell does, 128 + number.
 * @param {ChildProcess} child
 * @returns {Promise<number>}
 */
export function exitOf(child) {
  return new Promise((resolve) => {
    child.once('error', () => resolve(127))
    child.once('exit', (code, signal) => {
      if (code !== null) return resolve(code)
      resolve(signal === 'SIGINT' ? 130 : signal === 'SIGTERM' ? 143 : 137)
    })
  })
}

/**
 * Runs a file on Node 24 and resolves with its exit code.
 * @param {readonly string[]} args
 */
export function runProgram(args) {
  return exitOf(startProgram(args))
}

/**
 * Runs one of the tools on Node 24, which take an open channel for a sign of something else.
 * @param {readonly string[]} args
 */
export function runTool(args) {
  return exitOf(startForeign(nodePath, ['--disable-warning=ExperimentalWarning', ...args]))
}

/**
 * Asks everything that was started to end, and ends what has not after the grace.
 * @param {NodeJS.Signals} [signal]
 */
export function endAll(signal = 'SIGTERM') {
  signalNext(signal)
  if (isEnding) return
  isEnding = true
  setTimeout(() => {
    for (const child of [...children, ...servers]) child.kill('SIGKILL')
  }, graceMs).unref()
}

export const isShuttingDown = () => isEnding

let isWatching = false

function watchOwnEnd() {
  if (isWatching) return
  isWatching = true
  process.on('SIGTERM', () => endAll('SIGTERM'))
  process.on('SIGINT', () => endAll('SIGINT'))
  if (process.platform !== 'win32') process.on('SIGHUP', () => endAll('SIGTERM'))
  // npm that is killed outright forwards nothing; its child is then handed to another parent.
  if (process.env['npm_lifecycle_event'] === undefined) return
  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent) endAll('SIGTERM')
  }, 250).unref()
}
