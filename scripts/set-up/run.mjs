import { spawn } from 'node:child_process'
import { rootDir } from './say.mjs'

/**
 * Runs a program of the set-up to its end, its output on our stderr.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, quiet?: boolean }} [options]
 * @returns {Promise<number>} its exit code; 127 when it cannot be started
 */
export function run(program, args, options = {}) {
  return new Promise((resolve) => {
    const out = options.quiet ? 'ignore' : 2
    const child = spawn(program, args, {
      cwd: options.cwd ?? rootDir,
      env: options.env ?? process.env,
      stdio: ['ignore', out, out],
      // npm is a .cmd file on Windows, which only a shell can start.
      shell: process.platform === 'win32',
    })
    child.on('error', () => resolve(127))
    child.on('exit', (code, signal) => resolve(code ?? (signal === null ? 1 : 130)))
  })
}
