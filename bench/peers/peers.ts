import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { nginxConfig } from './nginx-config.ts'
import { start, startOwn, untilAnswering, type Running } from './processes.ts'

/** Something that serves the origin's files, at the same paths. */
export interface Peer {
  readonly name: string
  readonly url: string
  /** Null: there is nothing in between. */
  readonly process: Running | null
}

export const direct = (origin: string): Peer => ({ name: 'direct', url: origin, process: null })

export async function startSpool(
  origin: string,
  flags: readonly string[] = [],
): Promise<Peer & { readonly stats: string }> {
  const script = join(import.meta.dirname, '../serve.ts')
  const running = await startOwn<{ url: string; stats: string }>(script, ['--origin', origin, ...flags])
  return { name: 'Spool', url: running.url, process: running, stats: running.stats }
}

/** Null when it is not installed. */
export async function startNginx(origin: string, folder: string, port: number): Promise<Peer | null> {
  if (versionOf('nginx', '-v') === null) return null
  const home = join(folder, 'nginx')
  mkdirSync(home)
  writeFileSync(join(home, 'nginx.conf'), nginxConfig(home, origin, port))
  const running = start('nginx', ['-p', home, '-c', join(home, 'nginx.conf'), '-e', 'stderr'])
  const url = `http://127.0.0.1:${port}`
  await untilAnswering(url)
  return { name: 'nginx', url, process: running }
}

/** Null when it is not installed. */
export async function startRclone(origin: string, folder: string, port: number): Promise<Peer | null> {
  if (versionOf('rclone', 'version') === null) return null
  const args = ['serve', 'http', ':http:', '--http-url', `${origin}/`, '--addr', `127.0.0.1:${port}`]
  const cache = ['--vfs-cache-mode', 'full', '--cache-dir', join(folder, 'rclone'), '--read-only']
  const running = start('rclone', [...args, ...cache, '--config', '/dev/null', '-q'])
  const url = `http://127.0.0.1:${port}`
  await untilAnswering(url)
  return { name: 'rclone', url, process: running }
}

/** The first line of what a program says of itself; null when there is none. */
export function versionOf(program: string, flag: string): string | null {
  const { status, stdout, stderr } = spawnSync(program, [flag], { encoding: 'utf8' })
  return status === 0 ? (`${stdout}${stderr}`.split('\n')[0] ?? '') : null
}
