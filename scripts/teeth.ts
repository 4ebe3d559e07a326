import { spawn } from 'node:child_process'
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { mutants, type Mutant } from '../src-main/core/cache/mutants/mutants.ts'

/**
 * `node scripts/teeth.ts [id…]`: puts each known defect into a copy of the source and runs the tests that must fail then. A defect that no
 * test notices, or that cannot be put in any more because the source changed, is a failure of this script.
 */
interface VitestReport {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

const copied = [
  'demo',
  'src-main',
  'src-preload',
  'migrations',
  'package.json',
  'vitest.config.ts',
  ...globSync('tsconfig*.json'),
]
const cacheFolder = 'src-main/core/cache'
const copy = mkdtempSync(join(tmpdir(), 'spool-teeth-'))
const report = join(copy, 'report.json')

/** Puts the defect in; answers what takes it out again. */
function apply(mutant: Mutant): () => void {
  const originals = new Map<string, string>()
  for (const { file, find, put } of mutant.edits) {
    const path = join(copy, cacheFolder, file)
    const text = readFileSync(path, 'utf8')
    if (!originals.has(path)) originals.set(path, text)
    if (text.split(find).length !== 2) throw new Error(`${file} does not hold just once:\n${find}`)
    writeFileSync(
      path,
      text.replace(find, () => put),
    )
  }
  return () => {
    for (const [path, text] of originals) writeFileSync(path, text)
  }
}

/** Names of the tests that fail. */
async function failing(tests: readonly string[]): Promise<string[]> {
  rmSync(report, { force: true })
  const paths = tests.map((test) => `${cacheFolder}/${test}`)
  const args = ['run', '--project=node', '--bail=1', '--reporter=json', `--outputFile=${report}`, ...paths]
  const child = spawn(process.execPath, [resolve('node_modules/vitest/vitest.mjs'), ...args], {
    cwd: copy,
    stdio: 'ignore',
    env: { ...process.env, SPOOL_LONG: '0' },
  })
  await new Promise((ended) => child.once('exit', ended))
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as VitestReport
  const results = testResults.flatMap(({ assertionResults }) => assertionResults)
  if (results.length === 0) throw new Error('no test ran')
  return results.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName)
}

const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const chosen = mutants.filter(({ id }) => wanted.length === 0 || wanted.includes(id))
let missed = 0
try {
  for (const part of copied) cpSync(part, join(copy, part), { recursive: true })
  symlinkSync(resolve('node_modules'), join(copy, 'node_modules'))
  const broken = await failing([...new Set(chosen.flatMap(({ tests }) => tests))])
  // A test that fails anyway notices nothing.
  if (broken.length > 0) throw new Error(`fails without any defect: ${broken.join()}`)
  for (const mutant of chosen) {
    const startedAt = performance.now()
    let caught: string
    try {
      const restore = apply(mutant)
      const [first] = await failing(mutant.tests)
      restore()
      caught = first === undefined ? '✗ NO TEST NOTICED' : `✓ ${first}`
    } catch (error) {
      caught = `✗ ${String(error)}`
    }
    if (caught.startsWith('✗')) missed += 1
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    console.log(`${mutant.id.padEnd(4)} ${mutant.defect}\n     ${caught} (${seconds} s)`)
  }
} finally {
  rmSync(copy, { recursive: true, force: true })
}
console.log(`${chosen.length - missed} of ${chosen.length} defects are noticed`)
const reportPath = process.env['SPOOL_TEETH_REPORT']
if (reportPath !== undefined)
  writeFileSync(reportPath, JSON.stringify({ passed: chosen.length - missed, failed: missed }))
process.exitCode = missed === 0 ? 0 : 1
