import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import type { DemoServer } from './demo-server.ts'
import { isProcessAlive } from './media/media-folder.ts'
import { counters, startTranscode } from './testing/test-server.ts'

test('bad flags are reported as one JSON line and exit 1', async () => {
  const child = runNode(join(import.meta.dirname, 'server.ts'), '--json', '--port', 'seven')
  const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string]
  expect(JSON.parse(line)).toEqual({
    error: { code: 'bad-params', message: '--port seven is not a port: give a number from 0 to 65535.' },
  })
  expect((await once(child, 'exit'))[0]).toBe(1)
})

test('a killed server leaves neither encoders nor files', async () => {
  const child = runNode('--input-type=module', '-e', CHILD_SERVER)
  const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string]
  const server = JSON.parse(line) as DemoServer
  await startTranscode(server, 'orphan')
  const [{ pid }] = (await counters(server)).encoders
  const folder = readdirSync(tmpdir()).find((name) => name.startsWith(`spool-demo-server-${child.pid}-`))!
  expect(isProcessAlive(pid)).toBe(true)
  child.kill('SIGKILL')
  await expect.poll(() => isProcessAlive(pid), { timeout: 5000 }).toBe(false)
  await expect.poll(() => existsSync(join(tmpdir(), folder)), { timeout: 5000 }).toBe(false)
}, 120_000)

/** A test server in a process of its own, to be killed. */
const CHILD_SERVER = `
  import { startTestServer } from ${JSON.stringify(new URL('./testing/test-server.ts', import.meta.url).href)}
  const { url, token } = await startTestServer()
  console.log(JSON.stringify({ url, token }))
`

function runNode(...args: string[]): ChildProcess {
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
}
