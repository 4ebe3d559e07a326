import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { Emitter } from './emitter.ts'

test('a listener that throws stops neither the others nor the sender', () => {
  const errors: unknown[] = []
  const heard: string[] = []
  const emitter = new Emitter<string>((error) => errors.push(error))
  const mistake = new Error('a mistake')
  emitter.on(() => {
    throw mistake
  })
  const second = emitter.on((value) => heard.push(value))
  emitter.emit('one')
  second[Symbol.dispose]()
  emitter.emit('two')
  expect([heard, errors, emitter.listenerCount]).toEqual([['one'], [mistake, mistake], 1])
})

test('a mistake that nobody was named for is not lost', async () => {
  const script = `
    import { Emitter } from ${JSON.stringify(join(import.meta.dirname, 'emitter.ts'))}
    process.on('unhandledRejection', (error) => console.log(error.message))
    const emitter = new Emitter()
    emitter.on(() => { throw new Error('a mistake') })
    emitter.emit()`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
  expect(stdout).toBe('a mistake\n')
})
