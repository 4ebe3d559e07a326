import { expect, test } from 'vitest'
import { readPlaywright, readVitest } from './read-report.ts'
import { countSuite } from './run-suite.ts'

test('a suite that crashes has failed, whatever it reported', () => {
  expect(countSuite(0, { passed: 5, failed: 0 })).toEqual({ passed: 5, failed: 0 })
  expect(countSuite(1, { passed: 5, failed: 2 })).toEqual({ passed: 5, failed: 2 })
  expect(countSuite(1, { passed: 5, failed: 0 })).toEqual({ passed: 5, failed: 1 })
  expect(countSuite(137, null)).toEqual({ passed: 0, failed: 1 })
  expect(countSuite(0, null)).toEqual({ passed: 1, failed: 0 })
})

test('a file that could not be loaded counts, and so does an error outside of tests', () => {
  const report = (success: boolean, results: unknown[]): string =>
    JSON.stringify({ success, numPassedTests: 3, numFailedTests: 1, testResults: results })
  expect(readVitest(report(false, [{ status: 'failed', assertionResults: [] }]))).toEqual({
    passed: 3,
    failed: 2,
  })
  const unhandled = JSON.stringify({ success: false, numPassedTests: 3, numFailedTests: 0, testResults: [] })
  expect(readVitest(unhandled)).toEqual({ passed: 3, failed: 1 })
})

test('skipped and flaky are not passed', () => {
  const text = JSON.stringify({ stats: { expected: 4, unexpected: 1, flaky: 1, skipped: 1 }, errors: [] })
  expect(readPlaywright(text)).toEqual({ passed: 4, failed: 3 })
})
