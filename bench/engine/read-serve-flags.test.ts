import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readServeFlags } from './read-serve-flags.ts'

const origin = ['--origin', 'http://127.0.0.1:1/']

test('an origin is enough', () => {
  expect(readServeFlags(origin)).toEqual({
    origin: 'http://127.0.0.1:1',
    port: 0,
    dataDir: null,
    limitBytes: 10 ** 12,
    prefetches: true,
  })
})

test.each([
  [],
  ['--origin', 'nonsense'],
  ['--origin', 'ftp://127.0.0.1'],
  [...origin, '--port', 'x'],
  [...origin, '--port', '65536'],
  [...origin, '--limit', '-5'],
  [...origin, '--data', ''],
  [...origin, '--nope'],
])('%s %s %s %s is a mistake, said in one line', (...args) => {
  expect(() => readServeFlags(args)).toThrow(/^[^\n]* npm run bench:serve -- --origin URL[^\n]*$/)
})

test('the program says so too, and nothing else', () => {
  const program = join(import.meta.dirname, '../serve.ts')
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, '--nope'], { encoding: 'utf8' })
  expect([status, stdout]).toEqual([1, ''])
  expect(stderr.trim().split('\n')).toHaveLength(1)
})
