import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

/** Tools that find nothing look like code without faults: each gets some to find. */
const root = join(import.meta.dirname, '..')
let folder: string

beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'spool-check-'))))
afterEach(() => rmSync(folder, { recursive: true }))

function write(files: Readonly<Record<string, string>>): void {
  const compilerOptions = {
    strict: true,
    module: 'ESNext',
    moduleResolution: 'bundler',
    allowImportingTsExtensions: true,
  }
  const config = JSON.stringify({
    compilerOptions: { ...compilerOptions, noEmit: true, target: 'ES2024', types: [] },
  })
  for (const [path, text] of Object.entries({
    'tsconfig.json': config,
    'tsconfig.web.json': config,
    ...files,
  })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

function run(...args: readonly string[]): { readonly code: number | null; readonly output: string } {
  // The linter looks for its other half beside the files it lints.
  const env = { ...process.env, OXLINT_TSGOLINT_PATH: join(root, 'node_modules/.bin/tsgolint') }
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, env, encoding: 'utf8' })
  return { code: status, output: stdout + stderr }
}

test('the type-aware rules of the linter fire', () => {
  write({
    'bad.ts': `
      const work = async (): Promise<number> => 1
      export function start(value: unknown): void {
        work()
        ;[1].forEach(async () => void (await work()))
        const text = value as any
        if (work()) console.log(text!)
      }`,
    'good.ts': 'export const one = (): number => 1\n',
  })
  const oxlint = join(root, 'node_modules/oxlint/bin/oxlint')
  const lint = (file: string) =>
    run(oxlint, '--type-aware', '-c', join(root, '.oxlintrc.json'), '--format=unix', file)
  const { code, output } = lint('bad.ts')
  expect(code).not.toBe(0)
  for (const rule of ['no-floating-promises', 'no-misused-promises', 'no-explicit-any', 'no-console'])
    expect(output).toContain(rule)
  expect(lint('good.ts').code).toBe(0)
})

test('the layers are guarded, in what is imported for types only as well', () => {
  const script = join(root, 'scripts/check-dependencies.ts')
  const good = {
    'src-preload/contract/index.ts': 'export const one = 1\n',
    'src-main/core/base/clock.ts': 'export type Clock = number\n',
    'src-main/core/cache/cache.ts':
      "import type { Clock } from '../base/clock.ts'\nimport { one } from '../../../src-preload/contract/index.ts'\nexport const at: Clock = one\n",
    'src-renderer/main.tsx':
      "import { one } from '../src-preload/contract/index.ts'\nimport { two } from './two.ts'\nexport const three = one + two\n",
    'src-renderer/two.ts':
      "import { one } from '../src-preload/contract/index.ts'\nexport const two = one + one\n",
  }
  write(good)
  expect(run(script)).toMatchObject({
    code: 0,
    output: expect.stringContaining('5 files, 5 imports, 0 violations'),
  })

  write({
    'src-main/core/base/clock.ts':
      "import type { at } from '../cache/cache.ts'\nexport type Clock = typeof at\n",
    'src-renderer/main.tsx':
      "import { at } from '../src-main/core/cache/cache.ts'\nexport const three = at\n",
    'src-main/core/cache/shell.ts': "import '../../shell-browser/x.ts'\n",
    'src-main/shell-browser/x.ts': "import { none } from './missing.ts'\nexport const x = none\n",
  })
  const { code, output } = run(script)
  expect(code).toBe(1)
  for (const rule of [
    'base-imports-nothing',
    'page-knows-only-the-contract',
    'core-knows-no-shell',
    'resolvable',
  ])
    expect(output).toContain(rule)
})

test('a tool that does not read the files does not pass for one that finds nothing', () => {
  write({ 'src-main/a.ts': 'export const a = 1\n', 'src-main/b.ts': 'export const b = 1\n' })
  expect(run(join(root, 'scripts/check-dependencies.ts'))).toMatchObject({
    code: 1,
    output: expect.stringContaining('they were not read'),
  })
})
