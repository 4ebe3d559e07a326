import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describeMachine } from '../report.ts'
import { median, quantile } from '../statistics.ts'
import type { Series } from './measures.ts'

/** Writes one run of the player's benchmark as a Markdown table; answers where. */
export function writePlayerReport(rows: readonly Series[], seed: number): string {
  const at = new Date().toISOString()
  const folder = join(import.meta.dirname, '../results')
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${at.slice(0, 16).replace(/[:T]/g, '-')}-player.md`)
  const judged = rows.map((row) => ({ row, ...judge(row) }))
  const missed = judged.filter(({ isMet }) => isMet === false)
  const lines = [
    `# Benchmark of the player, ${at.slice(0, 10)}`,
    '',
    ...describeMachine(seed),
    '',
    '| measure (ms) | times | median | p95 | target | met |',
    '| --- | --- | --- | --- | --- | --- |',
    ...judged.map(
      ({ row, middle, high, words, isMet }) =>
        `| ${row.name} | ${row.values.length} | ${middle} | ${high} | ${words} | ${isMet === null ? '' : isMet ? 'yes' : '**no**'} |`,
    ),
    '',
    missed.length === 0 ? 'Every target is met.' : 'Targets missed in this run:',
    ...(missed.length === 0 ? [] : ['']),
    ...missed.map(
      ({ row, middle, high, words }) => `- ${row.name}: median ${middle}, p95 ${high}; target ${words}`,
    ),
    '',
  ]
  writeFileSync(path, lines.join('\n'))
  return path
}

function judge({ values, target }: Series) {
  const middle = Math.round(median(values))
  const high = Math.round(quantile(values, 0.95))
  const limits = [
    ...(target?.median === undefined ? [] : [['median', middle, target.median] as const]),
    ...(target?.p95 === undefined ? [] : [['p95', high, target.p95] as const]),
  ]
  return {
    middle,
    high,
    words: limits.map(([name, , most]) => `${name} ≤ ${most}`).join(', '),
    isMet: limits.length === 0 ? null : limits.every(([, value, most]) => value <= most),
  }
}
