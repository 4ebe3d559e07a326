import { Console } from 'node:console'

/**
 * From now on whatever any library says to the console goes to stderr: stdout belongs to the one line that `--json` promises.
 * Whoever read either of them may be gone, a script that has read its line for one: that ends nothing.
 * (@hono/node-server says "The user aborted a request." there.) The line itself is written past the console.
 */
export function keepStdoutForTheReport(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  globalThis.console = new Console({ stdout: process.stderr, stderr: process.stderr })
}
