import { globSync, mkdirSync, rmSync } from 'node:fs'
import { basename } from 'node:path'
import { runSuite, type SuiteResult } from './test/run-suite.ts'
import { readCheck, readPlaywright, readVitest } from './test/read-report.ts'

/**
 * `npm test`: everything, one suite after another, so that no timing of one depends on another.
 * The last line printed is `N passed, N failed`. `--long` runs what takes minutes instead.
 */
const isLong = process.argv.includes('--long')
const reports = 'node_modules/.cache/spool-test'
rmSync(reports, { recursive: true, force: true })
mkdirSync(reports, { recursive: true })

const vitest = 'node_modules/vitest/vitest.mjs'
const playwright = 'node_modules/@playwright/test/cli.js'
const env = isLong ? { SPOOL_LONG: '1' } : {}
const results: SuiteResult[] = []

if (!isLong)
  results.push(
    await runSuite({
      name: 'check',
      args: ['scripts/check.ts'],
      env: { SPOOL_CHECK_REPORT: `${reports}/check.json` },
      report: `${reports}/check.json`,
      read: readCheck,
    }),
  )
results.push(
  await runSuite({
    name: 'unit',
    args: [
      vitest,
      'run',
      '--passWithNoTests',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${reports}/unit.json`,
    ],
    env,
    report: `${reports}/unit.json`,
    read: readVitest,
  }),
  await runSuite({ name: 'build', args: ['scripts/spool.mjs', 'build'], env: {}, report: null, read: null }),
)
if (isLong)
  results.push(
    await runSuite({
      name: 'teeth',
      args: ['scripts/teeth.ts'],
      env: { SPOOL_TEETH_REPORT: `${reports}/teeth.json` },
      report: `${reports}/teeth.json`,
      read: readCheck,
    }),
  )
for (const spec of globSync(isLong ? 'e2e/long/*.spec.ts' : 'e2e/*.spec.ts').sort()) {
  const name = basename(spec, '.spec.ts')
  const report = `${reports}/e2e-${name}.json`
  results.push(
    await runSuite({
      name: `e2e ${name}`,
      args: [playwright, 'test', spec, '--reporter=list,json', `--output=test-results/${name}`],
      env: { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: report },
      report,
      read: readPlaywright,
    }),
  )
}

console.log('')
for (const { name, passed, failed, durationMs } of results)
  console.log(
    `${failed === 0 ? '✓' : '✗'} ${name}: ${passed} passed, ${failed} failed, ${(durationMs / 1000).toFixed(1)} s`,
  )
const passed = results.reduce((sum, result) => sum + result.passed, 0)
const failed = results.reduce((sum, result) => sum + result.failed, 0)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
