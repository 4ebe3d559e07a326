import { Console } from 'node:console'

/**
 * From now on whatever any library says to the console goes to stderr: stdout belongs to the one line that `--json` promises.
 * (@hono/node-server says "The user aborted a request." there.) The line itself is written past the console.
 */
export function keepStdoutForTheReport(): void {
  globalThis.console = new Console({ stdout: process.stderr, stderr: process.stderr })
}
