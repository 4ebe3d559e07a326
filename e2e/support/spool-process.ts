import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { nodePath } from '../../scripts/set-up/ensure-packages.mjs'

export const rootDir = join(import.meta.dirname, '../..')

/** A program of ours that says where it is in one JSON line. */
export interface SpoolProcess<Report> {
  readonly report: Report
  readonly pid: number
  /** What it has written to stderr so far: for the message of a failing test. */
  stderr(): string
  /** Asks it to end and resolves with the exit code and how long that took. */
  stop(): Promise<{ exitCode: number | null; durationMs: number }>
  /** SIGKILL: the power cut of a process. */
  kill(): Promise<void>
  readonly hasEnded: boolean
}

/** Starts `node <args>` in the repository and resolves with its first JSON line. Rejects when it ends before, or says an error. */
export async function startProcess<Report>(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  patienceMs = 60_000,
): Promise<SpoolProcess<Report>> {
  const child = spawn(nodePath, ['--disable-warning=ExperimentalWarning', ...args], {
    cwd: rootDir,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-20_000)))
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  // Nothing of a test run may outlive it, however the run ends.
  const reap = (): void => void child.kill('SIGKILL')
  process.once('exit', reap)
  void exited.then(() => process.off('exit', reap))
  try {
    const report = await firstReport<Report>(child, exited, patienceMs)
    return {
      report,
      pid: child.pid ?? -1,
      stderr: () => stderr,
      async stop() {
        const startedAt = performance.now()
        child.kill('SIGTERM')
        const exitCode = await exited
        return { exitCode, durationMs: performance.now() - startedAt }
      },
      async kill() {
        child.kill('SIGKILL')
        await exited
      },
      get hasEnded() {
        return child.exitCode !== null || child.signalCode !== null
      },
    }
  } catch (error) {
    child.kill('SIGKILL')
    throw new Error(`${args[0]} did not start: ${(error as Error).message}\n${stderr}`, { cause: error })
  }
}

function firstReport<Report>(
  child: ChildProcess,
  exited: Promise<number | null>,
  patienceMs: number,
): Promise<Report> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`it said nothing for ${patienceMs} ms`)), patienceMs)
    void exited.then((code) => reject(new Error(`it ended with exit code ${code}`)))
    if (child.stdout === null) return reject(new Error('it has no stdout'))
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (!line.startsWith('{')) return
      clearTimeout(timer)
      const report = JSON.parse(line) as Report | { error: { code: string; message: string } }
      if (typeof report === 'object' && report !== null && 'error' in report)
        reject(new Error(`${report.error.code}: ${report.error.message}`))
      else resolve(report)
    })
  })
}
