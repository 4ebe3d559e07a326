import type { ErrorCode, Quality, QualityOption } from '../../src-preload/contract/index.ts'
import { bestRung, offlineAlternatives } from './quality-menu-model.ts'
import { splitQuality } from './quality-tracks.ts'

/** Troubles that another quality of the same title may not have. */
export type CurableCode = Extract<
  ErrorCode,
  'over-limit' | 'unplayable' | 'not-allowed' | 'part-missing' | 'source-busy'
>

const curable: ReadonlySet<string> = new Set<CurableCode>([
  'over-limit',
  'unplayable',
  'not-allowed',
  'part-missing',
  'source-busy',
])

export const isCurable = (code: ErrorCode): code is CurableCode => curable.has(code)

/** A quality that could not be had, and why. */
export interface Failure {
  readonly quality: Quality
  readonly code: CurableCode
}

/**
 * Where to go when a quality cannot be had: what is whole on this computer asks nobody. Else, when it was too much, the best that costs less;
 * when the file cannot be shown or is not given away, the best rung; when a rung is not made or lacks a part, the file. A busy server is not asked for
 * something else. Null when nothing is left: each quality is tried once.
 */
export function nextQuality(
  options: readonly QualityOption[],
  { quality, code }: Failure,
  tried: ReadonlySet<Quality>,
): QualityOption | null {
  // Other tracks cost what the plain ones do.
  const failed = { quality: splitQuality(quality).base, code }
  const left = options.filter(
    (option) =>
      option.quality !== failed.quality &&
      !tried.has(option.quality) &&
      splitQuality(option.quality).base === option.quality &&
      option.unavailable === undefined &&
      option.outcome !== 'unplayable',
  )
  const [here] = offlineAlternatives(left, failed.quality)
  if (here !== undefined) return here
  switch (failed.code) {
    case 'over-limit':
      return bestRung(cheaperThan(left, rateOf(options, failed.quality)))
    case 'unplayable':
    case 'not-allowed':
    case 'part-missing':
      if (failed.quality === 'original') return bestRung(left)
      return left.find(({ quality }) => quality === 'original') ?? null
    case 'source-busy':
      return null
  }
}

/** In kbps; a file of unknown rate costs more than any rung. */
const rateOf = (options: readonly QualityOption[], quality: Quality): number =>
  options.find((option) => option.quality === quality)?.bitrateKbps ?? Number.POSITIVE_INFINITY

const cheaperThan = (options: readonly QualityOption[], kbps: number): readonly QualityOption[] =>
  options.filter(({ bitrateKbps }) => bitrateKbps !== null && bitrateKbps < kbps)
