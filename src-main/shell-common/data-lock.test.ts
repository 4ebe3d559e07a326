import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { takeDataLock } from './data-lock.ts'
import { FlagError } from './read-flags.ts'

let dataDir: string
beforeEach(() => (dataDir = mkdtempSync(join(tmpdir(), 'spool-lock-'))))
afterEach(() => rmSync(dataDir, { recursive: true }))

const lockText = (): string => readFileSync(join(dataDir, 'lock'), 'utf8')

test('says who has it: process and port, and goes with its holder', () => {
  const taken = takeDataLock(dataDir)
  if (taken.result !== 'taken') return expect(taken.result).toBe('taken')
  expect(JSON.parse(lockText())).toMatchObject({ pid: process.pid, port: null })
  taken.lock.setPort(4870)
  expect(JSON.parse(lockText())).toMatchObject({ pid: process.pid, port: 4870 })
  taken.lock[Symbol.dispose]()
  expect(readdirSync(dataDir)).toEqual([])
})

test('another process that runs keeps it', async () => {
  const other = spawn('sleep', ['30'])
  try {
    writeFileSync(join(dataDir, 'lock'), JSON.stringify({ pid: other.pid, port: 4000 }))
    expect(takeDataLock(dataDir)).toEqual({ result: 'held', pid: other.pid, port: 4000 })
    expect(readdirSync(dataDir)).toEqual(['lock'])
  } finally {
    other.kill()
  }
})

test('a process that is gone does not, nor a later one with its number', () => {
  const gone = spawnSync('true').pid
  const stale = [
    JSON.stringify({ pid: gone, port: 4000 }),
    JSON.stringify({ pid: 1, port: 4000, startTime: '99999999999' }),
    'not even JSON',
    '',
  ]
  for (const text of stale) {
    writeFileSync(join(dataDir, 'lock'), text)
    const taken = takeDataLock(dataDir)
    expect([text, taken.result]).toEqual([text, 'taken'])
    if (taken.result === 'taken') taken.lock[Symbol.dispose]()
  }
  expect(existsSync(join(dataDir, 'lock'))).toBe(false)
})

test('what stands in its place and is no file is left there, and said', () => {
  mkdirSync(join(dataDir, 'lock'))
  expect(() => takeDataLock(dataDir)).toThrow(FlagError)
  expect(readdirSync(dataDir)).toEqual(['lock'])
})

test('of many that start at once over a stale lock exactly one gets it', async () => {
  writeFileSync(join(dataDir, 'lock'), JSON.stringify({ pid: spawnSync('true').pid, port: 1 }))
  const program = `
    const { takeDataLock } = await import(${JSON.stringify(join(import.meta.dirname, 'data-lock.ts'))})
    console.log(takeDataLock(${JSON.stringify(dataDir)}).result)
    process.stdin.resume()
    process.stdin.on('end', () => process.exit())`
  const starts = Array.from({ length: 4 }, () =>
    spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  )
  const results = await Promise.all(
    starts.map(
      (start) =>
        new Promise<string>((resolve) =>
          start.stdout.once('data', (data: Buffer) => resolve(data.toString().trim())),
        ),
    ),
  )
  for (const start of starts) start.stdin.end()
  expect(results.sort()).toEqual(['held', 'held', 'held', 'taken'])
})
