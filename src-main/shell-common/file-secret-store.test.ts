import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openAppSecrets } from './app-secrets.ts'
import { createFileSecretStore } from './file-secret-store.ts'
import { FlagError } from './read-flags.ts'

let dataDir: string
beforeEach(() => (dataDir = mkdtempSync(join(tmpdir(), 'spool-secrets-'))))
afterEach(() => rmSync(dataDir, { recursive: true }))

test('keeps secrets for the next start, for nobody else to read', async () => {
  const store = createFileSecretStore(dataDir)
  await Promise.all([store.set('a', '1'), store.set('b', '2'), store.set('__proto__', '3')])
  await store.delete('a')
  const next = createFileSecretStore(dataDir)
  expect([await next.get('a'), await next.get('b'), await next.get('__proto__')]).toEqual([null, '2', '3'])
  if (process.platform !== 'win32') expect(statSync(join(dataDir, 'secrets.json')).mode & 0o777).toBe(0o600)
})

test('a file that others could read is closed to them by the next write', async () => {
  writeFileSync(join(dataDir, 'secrets.json'), '{"a":"1"}', { mode: 0o644 })
  await createFileSecretStore(dataDir).set('b', '2')
  if (process.platform !== 'win32') expect(statSync(join(dataDir, 'secrets.json')).mode & 0o077).toBe(0)
})

test.each(['', 'null', '[1]', '{"a":5'])('starts anew with a file of %j', async (text) => {
  writeFileSync(join(dataDir, 'secrets.json'), text)
  const store = createFileSecretStore(dataDir)
  expect(await store.get('a')).toBeNull()
  await store.set('a', '1')
  const kept = readdirSync(dataDir).filter((name) => name !== 'secrets.json')
  expect(kept.map((name) => readFileSync(join(dataDir, name), 'utf8'))).toEqual([text])
})

test('takes of a file what are secrets', async () => {
  writeFileSync(join(dataDir, 'secrets.json'), '{"a":5,"b":"2"}')
  const store = createFileSecretStore(dataDir)
  expect([await store.get('a'), await store.get('b')]).toEqual([null, '2'])
})

test('does not write over a file that it cannot read', () => {
  mkdirSync(join(dataDir, 'secrets.json'))
  expect(() => createFileSecretStore(dataDir)).toThrow(FlagError)
  expect(readdirSync(dataDir)).toEqual(['secrets.json'])
})

test('the app keeps its own token, 128 bits of it', async () => {
  const first = await openAppSecrets(createFileSecretStore(dataDir))
  expect(Buffer.from(first.token, 'base64url')).toHaveLength(16)
  expect(first.streamSecret).toHaveLength(32)
  expect(await openAppSecrets(createFileSecretStore(dataDir))).toEqual(first)
})
