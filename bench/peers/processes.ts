import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** A program that runs until `stop`; what it says goes nowhere unless it ends by itself. */
export interface Running {
  readonly pid: number
  readonly stop: () => Promise<void>
}

export function start(command: string, args: readonly string[]): Running & { readonly child: ChildProcess } {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  return {
    child,
    pid: child.pid ?? 0,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** Starts one of our own programs and reads the JSON line that it begins with. */
export async function startOwn<Line>(script: string, args: readonly string[]): Promise<Running & Line> {
  const running = start(process.execPath, [script, ...args])
  const { stdout } = running.child
  if (stdout === null) throw new Error('no stdout')
  for await (const line of createInterface({ input: stdout }))
    if (line.startsWith('{')) return { ...(JSON.parse(line) as Line), pid: running.pid, stop: running.stop }
  throw new Error(`${script} ended before it was ready`)
}

/** Resolves when something answers there. */
export async function untilAnswering(url: string): Promise<void> {
  for (const deadline = performance.now() + 10_000; ;) {
    const isThere = await fetch(url, { method: 'HEAD' }).then(
      () => true,
      () => false,
    )
    if (isThere) return
    if (performance.now() > deadline) throw new Error(`nothing answers at ${url}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

const ticksPerSecond = 100

/** Processor time of a process and its children so far, s; Linux only, else null. */
export function cpuSeconds(pid: number): number | null {
  const own = statOf(pid)
  if (own === null) return null
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const children = pids.map((name) => statOf(Number(name))).filter((stat) => stat?.parent === pid)
  return [own, ...children].reduce((sum, stat) => sum + (stat?.ticks ?? 0), 0) / ticksPerSecond
}

/** Resident memory, bytes; null where it cannot be asked for. */
export function residentBytes(pid: number): number | null {
  try {
    const kib = /^VmRSS:\s+(?<kib>\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.groups?.['kib']
    return kib === undefined ? null : Number(kib) * 1024
  } catch {
    return null
  }
}

function statOf(pid: number): { readonly parent: number; readonly ticks: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) }
  } catch {
    return null
  }
}
