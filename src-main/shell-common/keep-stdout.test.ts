import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
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

test('goes on when nobody reads what it says any more', async () => {
  const program = `
    const { keepStdoutForTheReport } = await import(${JSON.stringify(join(import.meta.dirname, 'keep-stdout.ts'))})
    keepStdoutForTheReport()
    process.stdin.once('data', () => {
      for (const stream of [process.stderr, process.stdout]) stream.write('said to nobody')
      process.exitCode = 7
    })
    process.stderr.write('ready')`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program])
  await once(child.stderr, 'data')
  const closed = [once(child.stderr, 'close'), once(child.stdout, 'close')]
  child.stderr.destroy()
  child.stdout.destroy()
  await Promise.all(closed)
  child.stdin.end('go')
  expect(await once(child, 'exit')).toEqual([7, null])
})
