import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from '@playwright/test'
import { ensureElectronBuild } from '../scripts/set-up/ensure-build.ts'

const launcher = 'src-main/shell-electron/fake/run-built-app.ts'

test('what is built for Electron starts, finds its migrations, page and preload, and ends', async () => {
  await ensureElectronBuild()
  const folder = await mkdtemp(join(tmpdir(), 'spool-built-'))
  // As scripts/run-start.ts starts Electron.
  const args = [launcher, '.', '--json', '--data', join(folder, 'data')]
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 90_000 })
  const [report, built] = stdout.trim().split('\n')
  expect(JSON.parse(report ?? '')).toMatchObject({ app: 'spool://app/', shell: 'electron', rpc: null })
  expect(JSON.parse(built?.replace('built ', '') ?? '')).toEqual({
    page: 200,
    scripts: [200],
    preloadBytes: expect.any(Number),
  })
  await rm(folder, { recursive: true })
})
