import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem, type } from 'node:os'
import { join } from 'node:path'
import type { Row } from './measures/measure.ts'
import { versionOf } from './peers/peers.ts'

/** Writes one run as a Markdown table; answers where. */
export function writeReport(rows: readonly Row[], peers: readonly string[], seed: number): string {
  const at = new Date()
  const folder = join(import.meta.dirname, 'results')
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${at.toISOString().slice(0, 16).replace(/[:T]/g, '-')}.md`)
  const missed = rows.filter(({ isMet }) => isMet === false)
  const head = ['measure', ...peers, 'target', 'met']
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const lines = [
    `# Benchmark of ${at.toISOString().slice(0, 10)}`,
    '',
    ...describeMachine(seed),
    `- ${versionOf('nginx', '-v') ?? 'no nginx'}; ${versionOf('rclone', 'version') ?? 'no rclone'}`,
    '',
    line(head),
    line(head.map(() => '---')),
    ...rows.map(({ measure, figures, target, isMet }) =>
      line([
        measure,
        ...peers.map((peer) => figures[peer] ?? '–'),
        target,
        isMet === null ? '' : isMet ? 'yes' : '**no**',
      ]),
    ),
    '',
    missed.length === 0 ? 'Every target is met.' : 'Targets missed in this run:',
    ...(missed.length === 0 ? [] : ['']),
    ...missed.map(
      ({ measure, figures, target }) => `- ${measure}: ${figures['Spool'] ?? '–'}, target ${target}`,
    ),
    '',
  ]
  writeFileSync(path, lines.join('\n'))
  return path
}

/** What the figures were measured on, as a list. */
export function describeMachine(seed: number): readonly string[] {
  const gib = (totalmem() / 1024 ** 3).toFixed(0)
  const model = cpus()[0]?.model.trim() ?? ''
  const load = loadavg()
    .map((value) => value.toFixed(1))
    .join(', ')
  return [
    `- ${type()} ${release()}, ${cpus().length} × ${model}, ${gib} GiB; Node ${process.version}`,
    `- load average at the end: ${load}; seed ${seed}`,
  ]
}
