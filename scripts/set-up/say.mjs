import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Absolute path of the repository. */
export const rootDir = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** Something a person must do before this can work; its message says what. */
export class SetUpError extends Error {}

/**
 * Everything Spool says while setting up goes to stderr: stdout belongs to the one JSON line.
 * @param {string} sentence
 */
export function say(sentence) {
  process.stderr.write(`${sentence}\n`)
}
