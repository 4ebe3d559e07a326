import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

interface Step {
  readonly name: string
  /** What Node 24 runs. */
  readonly args: readonly string[]
}

interface StepResult {
  readonly name: string
  readonly ok: boolean
  readonly output: string
  readonly durationMs: number
}

const cache = 'node_modules/.cache'
const types = (runtime: string): Step => ({
  name: `types (${runtime})`,
  args: [
    'node_modules/typescript-7/bin/tsc',
    '-p',
    `tsconfig.${runtime}.json`,
    '--incremental',
    '--tsBuildInfoFile',
    `${cache}/tsc/${runtime}.tsbuildinfo`,
  ],
})

/** The longest first, so that two at a time end about together. */
const steps: readonly Step[] = [
  types('node'),
  types('web'),
  { name: 'unused code', args: ['node_modules/knip/bin/knip.js', '--no-progress'] },
  {
    name: 'lint',
    args: ['node_modules/oxlint/bin/oxlint', '--type-aware', '--deny-warnings', '--format=unix', '.'],
  },
  {
    name: 'format',
    args: [
      'node_modules/prettier/bin/prettier.cjs',
      '--check',
      '--cache',
      '--cache-strategy=content',
      `--cache-location=${cache}/prettier/check.json`,
      '--log-level=warn',
      '.',
    ],
  },
  types('e2e'),
  { name: 'layers', args: ['scripts/check-dependencies.ts'] },
  types('contract'),
]

function runStep(step: Step): Promise<StepResult> {
  const startedAt = performance.now()
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    const child = spawn(process.execPath, step.args, { stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.on('close', (code) => {
      resolve({
        name: step.name,
        ok: code === 0,
        output: Buffer.concat(chunks).toString().trim(),
        durationMs: performance.now() - startedAt,
      })
    })
  })
}

/** `npm run check [-- step…]`: all steps, or those whose names contain one of the words. */
const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const queue = steps.filter((step) => wanted.length === 0 || wanted.some((word) => step.name.includes(word)))
const stepCount = queue.length
const failed: string[] = []
const startedAt = performance.now()
mkdirSync(`${cache}/tsc`, { recursive: true })

async function work(): Promise<void> {
  for (let step = queue.shift(); step !== undefined; step = queue.shift()) {
    const result = await runStep(step)
    const seconds = (result.durationMs / 1000).toFixed(1)
    console.log(`${result.ok ? '✓' : '✗'} ${result.name}  ${seconds} s`)
    if (result.ok) continue
    failed.push(result.name)
    console.log(result.output.replaceAll(/^/gm, '    '))
  }
}

await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work))
const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
console.log(
  failed.length === 0
    ? `All checks passed in ${seconds} s.`
    : `Failed in ${seconds} s: ${failed.join(', ')}.`,
)
process.exitCode = failed.length === 0 ? 0 : 1
// For `npm test`, which adds up.
const reportPath = process.env['SPOOL_CHECK_REPORT']
if (reportPath)
  writeFileSync(reportPath, JSON.stringify({ passed: stepCount - failed.length, failed: failed.length }))
