import { spawn, type ChildProcess } from 'node:child_process'

/**
 * Ends the server's encoders when the server itself is killed without a chance to. An encoder at rest is stopped and
 * would else stay for ever. It is a small process at the other end of a pipe: when the pipe closes, it kills what is
 * left on its list, removes the server's temporary folder and goes.
 */
export interface Watchdog extends Disposable {
  add(pid: number): void
  remove(pid: number): void
}

const SCRIPT = `
  const pids = new Set()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {})
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    const pid = Number(line.slice(1))
    line[0] === '+' ? pids.add(pid) : pids.delete(pid)
  }).on('close', () => {
    for (const pid of pids) try { process.kill(pid, 'SIGKILL') } catch {}
    require('node:fs').rmSync(process.argv[1], { recursive: true, force: true })
    process.exit()
  })
`

/** Starts a watchdog for this process; `temporaryFolder` is removed when this process is gone. */
export function startWatchdog(temporaryFolder: string): Watchdog {
  const child: ChildProcess = spawn(process.execPath, ['-e', SCRIPT, temporaryFolder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true, // out of the terminal's process group: a Ctrl-C must not end it before the encoders
  })
  const input = child.stdin!
  input.on('error', () => {})
  child.on('error', () => {})
  child.unref()
  ;(input as unknown as { unref(): void }).unref()
  return {
    add: (pid) => void input.write(`+${pid}\n`),
    remove: (pid) => void input.write(`-${pid}\n`),
    [Symbol.dispose]: () => void input.end(),
  }
}
