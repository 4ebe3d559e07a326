import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { createDataDir } from './support/app-process.ts'
import { expect, test } from './support/fixtures.ts'
import { rootDir } from './support/spool-process.ts'

/** `npm run …` as a person or a script runs it, in a process group of its own. */
interface NpmRun {
  readonly child: ChildProcess
  readonly stdout: string[]
  stderr(): string
  /** The JSON line, parsed. */
  readonly report: Promise<Record<string, unknown>>
  readonly exited: Promise<number | null>
}

const running = new Set<ChildProcess>()

function npm(...args: readonly string[]): NpmRun {
  const child = spawn('npm', ['run', ...args], {
    cwd: rootDir,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  running.add(child)
  const stdout: string[] = []
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve))
  const report = new Promise<Record<string, unknown>>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      stdout.push(line)
      if (line.startsWith('{')) resolve(JSON.parse(line) as Record<string, unknown>)
    })
    void exited.then(() => reject(new Error(`npm run ${args.join(' ')} ended:\n${stderr}`)))
  })
  report.catch(() => undefined)
  return { child, stdout, stderr: () => stderr, report, exited }
}

test.afterEach(() => {
  for (const child of running) {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    } catch {
      // Gone already, as it should be.
    }
  }
  running.clear()
})

/** Every process of a group, by /proc: what a signal leaves behind shows here. */
function processesOf(group: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
        const [state, , processGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
        return state !== 'Z' && Number(processGroup) === group
      } catch {
        return false
      }
    })
    .map(Number)
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

const call = async (report: Record<string, unknown>, method: string): Promise<unknown> => {
  const reply = await fetch(String(report['rpc']), {
    method: 'POST',
    headers: { authorization: `Bearer ${String(report['token'])}` },
    body: JSON.stringify({ method, params: {} }),
  })
  return await reply.json()
}

test('npm run demo says in one line where everything is, and all of it goes with a signal', async () => {
  await using dataDir = createDataDir()
  const [port, serverPort] = [await freePort(), await freePort()]
  const flags = [
    '--headless',
    '--json',
    '--port',
    String(port),
    '--server-port',
    String(serverPort),
    '--data',
    dataDir.path,
  ]
  const demo = npm('demo', '--', ...flags)
  const report = await demo.report
  expect(report).toEqual({
    app: expect.stringMatching(new RegExp(`^http://127\\.0\\.0\\.1:${port}/\\?token=[\\w-]{22}$`)),
    rpc: `http://127.0.0.1:${port}/rpc`,
    token: expect.any(String),
    pid: expect.any(Number),
    shell: 'browser',
    dataDir: dataDir.path,
    server: {
      url: `http://127.0.0.1:${serverPort}`,
      token: 'spool-demo-token',
      machineIdentifier: expect.any(String),
      pid: expect.any(Number),
    },
  })
  // Any number of times, with and without cookies.
  for (let time = 0; time < 3; time += 1) expect((await fetch(String(report['app']))).status).toBe(200)
  expect(await call(report, 'library.getSources')).toMatchObject({ ok: true, value: [{ connection: 'lan' }] })
  expect(demo.stdout.filter((line) => line.startsWith('{'))).toHaveLength(1)

  const second = npm(
    'demo',
    '--',
    '--headless',
    '--json',
    '--server',
    `http://127.0.0.1:${serverPort}`,
    '--data',
    dataDir.path,
  )
  expect(await second.report).toMatchObject({
    error: { message: expect.stringContaining('already runs') },
  })
  expect(await second.exited).toBe(1)

  const group = demo.child.pid ?? -1
  expect(processesOf(group).length).toBeGreaterThanOrEqual(3)
  demo.child.kill('SIGTERM')
  await expect.poll(() => processesOf(group), { timeout: 3000, intervals: [100] }).toEqual([])
})

test('killing npm outright leaves nothing behind', async ({ demo }) => {
  await using dataDir = createDataDir()
  const run = npm('demo', '--', '--headless', '--json', '--server', demo.url, '--data', dataDir.path)
  expect(await run.report).toMatchObject({
    server: { url: demo.url, machineIdentifier: demo.machineIdentifier },
  })
  const group = run.child.pid ?? -1
  run.child.kill('SIGKILL')
  await expect.poll(() => processesOf(group), { timeout: 3000, intervals: [100] }).toEqual([])
})

test('the demo server can go and come back without the app', async () => {
  await using dataDir = createDataDir()
  const serverPort = await freePort()
  const run = npm(
    'demo',
    '--',
    '--headless',
    '--json',
    '--server-port',
    String(serverPort),
    '--data',
    dataDir.path,
  )
  const report = await run.report
  const { pid } = report['server'] as { pid: number }
  process.kill(pid, 'SIGTERM')
  const connection = async (): Promise<unknown> => {
    const answer = (await call(report, 'library.getSources')) as { value: { connection: string }[] }
    return answer.value[0]?.connection
  }
  await expect.poll(connection, { timeout: 15_000 }).toBe('offline')
  expect((await fetch(String(report['app']))).status).toBe(200)
  const server = npm('demo:server', '--', '--json', '--port', String(serverPort))
  expect(await server.report).toMatchObject({ url: `http://127.0.0.1:${serverPort}` })
  await expect.poll(connection, { timeout: 15_000 }).toBe('lan')
})

test('starts on a server that is switched off, and says what it needs when it cannot start', async ({
  demo,
}) => {
  await using dataDir = createDataDir()
  const off = npm('demo', '--', '--headless', '--json', '--serving', 'false', '--data', dataDir.path)
  expect(await call(await off.report, 'library.getSources')).toMatchObject({
    ok: true,
    value: [{ connection: 'offline' }],
  })
  off.child.kill('SIGTERM')
  expect(await off.exited).toBe(0)

  const taken = new URL(demo.url).port
  const failing = npm('start', '--', '--headless', '--json', '--port', taken, '--data', dataDir.path)
  expect(await failing.report).toMatchObject({
    error: { message: expect.stringMatching(/Port \d+ is in use.*--port/) },
  })
  expect(await failing.exited).toBe(1)
  for (const program of ['start', 'demo']) {
    const bogus = npm(program, '--', '--headless', '--json', '--bogus')
    expect(await bogus.report).toMatchObject({
      error: { code: 'bad-params', message: expect.stringContaining('--bogus') },
    })
    expect(await bogus.exited).toBe(1)
  }
  // What the demo server does not take or has no use for, and what only the app finds out, after the server was started.
  for (const wrong of [
    ['--serving', 'banana'],
    ['--server-port', 'x'],
    ['--server-port=5000', '--server', demo.url],
    ['--port', 'x'],
    ['--port', taken],
  ]) {
    const refused = npm('demo', '--', '--headless', '--json', '--data', dataDir.path, ...wrong)
    const report = await refused.report
    expect(report).toMatchObject({
      error: { code: 'bad-params', message: expect.stringContaining(wrong[1] ?? '') },
    })
    expect(await refused.exited).toBe(1)
    const { message } = report['error'] as { message: string }
    expect(refused.stderr().split(message), 'it is said once').toHaveLength(2)
  }
  const unknown = npm('start', '--', '--headles')
  expect(await unknown.exited).toBe(1)
  expect(unknown.stderr()).toContain('--headless')
})
