import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

test('what libraries say to the console does not reach stdout', () => {
  const module = JSON.stringify(join(import.meta.dirname, 'keep-stdout.ts'))
  const script = `
    import { keepStdoutForTheReport } from ${module}
    console.log('{before}')
    keepStdoutForTheReport()
    for (const say of ['log', 'info', 'debug', 'warn', 'error', 'dir']) console[say]('{after}')
    process.stdout.write('{report}\\n')
  `
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  })
  expect(stdout).toBe('{before}\n{report}\n')
  expect(stderr.match(/\{after\}/g)).toHaveLength(6)
})
