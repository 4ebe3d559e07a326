import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What a link gives over time, kbit/s, piece by piece; the last piece goes on for ever. */
export interface LinkTrace {
  readonly everyMs: number
  readonly kbps: readonly number[]
}

/** The recording of `record-saw-tooth.ts`: 1 to 40 Mbit/s in 45 s and back at once, five times, as it came over a socket. */
export const readSawTooth = (): LinkTrace =>
  JSON.parse(readFileSync(join(import.meta.dirname, 'saw-tooth.json'), 'utf8')) as LinkTrace

export const meanKbps = ({ kbps }: LinkTrace): number => kbps.reduce((sum, one) => sum + one, 0) / kbps.length

/** Pieces of so many seconds at so many kbit/s. */
export const traceOf = (...pieces: readonly (readonly [seconds: number, kbps: number])[]): LinkTrace => ({
  everyMs: 1000,
  kbps: pieces.flatMap(([seconds, kbps]) => Array.from({ length: seconds }, () => kbps)),
})

/** The same, begun later and then from its start. */
export function shifted(trace: LinkTrace, byMs: number): LinkTrace {
  const by = Math.round(byMs / trace.everyMs) % trace.kbps.length
  return { ...trace, kbps: [...trace.kbps.slice(by), ...trace.kbps.slice(0, by)] }
}

export function kbpsAt({ everyMs, kbps }: LinkTrace, atMs: number): number {
  return kbps[Math.min(kbps.length - 1, Math.floor(atMs / everyMs))] ?? 0
}

/** Again and again. */
export const repeated = (trace: LinkTrace, times: number): LinkTrace => ({
  ...trace,
  kbps: Array.from({ length: times }, () => trace.kbps).flat(),
})
