import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createFileLogger, withoutTokens } from './create-logger.ts'
import { FlagError } from './read-flags.ts'

let dataDir: string
beforeEach(() => (dataDir = mkdtempSync(join(tmpdir(), 'spool-log-'))))
afterEach(() => rmSync(dataDir, { recursive: true }))

const logPath = (name = 'spool.log'): string => join(dataDir, 'logs', name)

test('writes one JSON line per event, without tokens wherever they stand', async () => {
  const { logger, flush } = createFileLogger(dataDir)
  logger.info('source.added', {
    name: 'Attic',
    token: 's3cret-1',
    request: { headers: { 'X-Plex-Token': 's3cret-2' }, url: 'http://host/path?X-Plex-Token=s3cret-3&a=1' },
    cause: new Error('GET /x/12/s3cret-4/file.mp4 failed, Bearer s3cret-5'),
  })
  await vi.waitFor(() => {
    flush()
    expect(readFileSync(logPath(), 'utf8')).toContain('source.added')
  })
  const text = readFileSync(logPath(), 'utf8')
  expect(text).not.toContain('s3cret')
  expect(JSON.parse(text.split('\n')[0] ?? '')).toMatchObject({ msg: 'source.added', name: 'Attic' })
  expect(text).toContain('a=1')
})

test('keeps three files and starts a new one once the first is large', () => {
  mkdirSync(join(dataDir, 'logs'))
  writeFileSync(logPath(), 'x'.repeat(5 * 1024 * 1024))
  writeFileSync(logPath('spool.1.log'), 'older')
  writeFileSync(logPath('spool.2.log'), 'oldest')
  createFileLogger(dataDir)
  expect(readFileSync(logPath('spool.1.log'), 'utf8')).toHaveLength(5 * 1024 * 1024)
  expect(readFileSync(logPath('spool.2.log'), 'utf8')).toBe('older')
  expect(existsSync(logPath('spool.3.log'))).toBe(false)
})

test('says in a sentence that something stands where the logs belong', () => {
  writeFileSync(join(dataDir, 'logs'), 'mine')
  expect(() => createFileLogger(dataDir)).toThrow(
    new FlagError(
      `Spool cannot keep its logs in ${join(dataDir, 'logs')}: there is a file of that name. Move it away, or name another folder with --data DIR.`,
    ),
  )
  expect(readFileSync(join(dataDir, 'logs'), 'utf8')).toBe('mine')
})

test('does not take the place of the exit code when it could not be opened yet', () => {
  const program = `
    const { createFileLogger } = await import(${JSON.stringify(join(import.meta.dirname, 'create-logger.ts'))})
    createFileLogger(${JSON.stringify(dataDir)}).logger.info('app.started')
    process.exit(3)`
  const child = spawnSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' })
  expect([child.status, child.stderr]).toEqual([3, ''])
})

test('leaves everything else as it is', () => {
  const details = { a: [1, null, true, { b: 'tokens are fine as a word' }], when: undefined }
  expect(withoutTokens(details)).toEqual(details)
})
