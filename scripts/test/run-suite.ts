import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

/** How many tests a report tells of. */
export interface SuiteCounts {
  readonly passed: number
  readonly failed: number
}

export interface SuiteResult extends SuiteCounts {
  readonly name: string
  readonly durationMs: number
}

export interface Suite {
  readonly name: string
  /** What Node 24 runs. */
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** The file it leaves behind, and how to read it; null: it counts as one. */
  readonly report: string | null
  readonly read: ((text: string) => SuiteCounts) | null
}

/** A suite that hangs must not take the others' results with it. */
const longestMs = 15 * 60_000

/** Runs a suite to its end, its output on ours. One that crashes counts as at least one failure, whatever it reported before. */
export async function runSuite(suite: Suite): Promise<SuiteResult> {
  console.log(`\n── ${suite.name}`)
  const startedAt = performance.now()
  const exitCode = await run(suite)
  const durationMs = performance.now() - startedAt
  const counts = countSuite(exitCode, readReport(suite))
  console.log(`── ${suite.name}: ${(durationMs / 1000).toFixed(1)} s`)
  return { name: suite.name, durationMs, ...counts }
}

/** What a suite comes to. `reported` is null when it left no report that can be read. */
export function countSuite(exitCode: number, reported: SuiteCounts | null): SuiteCounts {
  const { passed, failed } = reported ?? { passed: exitCode === 0 ? 1 : 0, failed: exitCode === 0 ? 0 : 1 }
  return { passed, failed: exitCode === 0 ? failed : Math.max(1, failed) }
}

function readReport({ report, read }: Suite): SuiteCounts | null {
  if (report === null || read === null) return null
  // A suite without its report did not do what it should have, whatever its exit code.
  if (!existsSync(report)) return { passed: 0, failed: 1 }
  try {
    return read(readFileSync(report, 'utf8'))
  } catch {
    return { passed: 0, failed: 1 }
  }
}

function run({ args, env }: Suite): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    const stop = (signal: NodeJS.Signals): void => void child.kill(signal)
    const onTerm = (): void => stop('SIGTERM')
    process.on('SIGTERM', onTerm)
    process.on('SIGINT', onTerm)
    const timer = setTimeout(() => stop('SIGKILL'), longestMs)
    child.once('error', () => resolve(127))
    child.once('exit', (code) => {
      clearTimeout(timer)
      process.off('SIGTERM', onTerm)
      process.off('SIGINT', onTerm)
      resolve(code ?? 1)
    })
  })
}
