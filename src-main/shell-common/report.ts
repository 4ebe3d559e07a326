import { SpoolError } from '../core/spool-error.ts'
import { FlagError } from './read-flags.ts'

/** The one line that tells a program where the app is, see surface "Processes". */
export interface AppReport {
  /** Where a browser finds the page; opens any number of times. */
  readonly app: string
  /** Null where nothing listens. */
  readonly rpc: string | null
  readonly token: string | null
  readonly pid: number
  readonly shell: 'browser' | 'electron'
  readonly dataDir: string
}

export function printReport(report: AppReport): void {
  process.stdout.write(`${JSON.stringify(report)}\n`)
}

/** Why the app did not start: a sentence on stderr, and the line that `--json` promises. */
export function printFailure(error: unknown, wantsJson: boolean): void {
  const code =
    error instanceof SpoolError ? error.code : error instanceof FlagError ? 'bad-params' : 'internal'
  const message = error instanceof Error ? error.message : String(error)
  if (wantsJson) process.stdout.write(`${JSON.stringify({ error: { code, message } })}\n`)
  process.stderr.write(`${message}\n`)
  if (code === 'internal' && error instanceof Error) process.stderr.write(`${error.stack}\n`)
}
