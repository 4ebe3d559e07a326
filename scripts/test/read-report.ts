import type { SuiteCounts } from './run-suite.ts'

/** What `scripts/check.ts` and `scripts/teeth.ts` leave: one count per step or defect. */
export const readCheck = (text: string): SuiteCounts => JSON.parse(text) as SuiteCounts

interface VitestReport {
  readonly success: boolean
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[]
}

/** Vitest's JSON reporter. A file that could not be loaded has no tests to fail, and counts as one. */
export function readVitest(text: string): SuiteCounts {
  const report = JSON.parse(text) as VitestReport
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  ).length
  const failed = report.numFailedTests + broken
  return { passed: report.numPassedTests, failed: report.success ? failed : Math.max(1, failed) }
}

interface PlaywrightReport {
  readonly stats: {
    readonly expected: number
    readonly unexpected: number
    readonly flaky: number
    readonly skipped: number
  }
  readonly errors: readonly unknown[]
}

/** Playwright's JSON reporter. A test that passed only the second time, or was skipped, did not pass. */
export function readPlaywright(text: string): SuiteCounts {
  const { stats, errors } = JSON.parse(text) as PlaywrightReport
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky + stats.skipped + errors.length }
}
