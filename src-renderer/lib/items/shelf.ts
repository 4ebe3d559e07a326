import type { EntryState, MediaVersion, QualityOption } from '../../../src-preload/contract/index.ts'

/** All parts of one quality taken together: what a version of several files holds. */
export interface ShelfRow {
  readonly option: QualityOption
  /** 0–1 of it is here; null when its size is unknown. */
  readonly share: number | null
}

/** What the parts come to: whole only when all are, filling when one is. */
function combineStates(states: readonly EntryState[]): EntryState {
  if (states.every((state) => state === 'complete')) return 'complete'
  for (const state of ['failed', 'filling'] as const) if (states.includes(state)) return state
  return states.every((state) => state === 'none') ? 'none' : 'partial'
}

function combine(options: readonly [QualityOption, ...QualityOption[]], parts: number): QualityOption {
  const [first] = options
  if (options.length === 1 && parts === 1) return first
  const total = options.reduce<number | null>(
    (sum, option) => (sum === null || option.bytesTotal === null ? null : sum + option.bytesTotal),
    0,
  )
  const { unavailable, reason } = options.find((option) => option.unavailable !== undefined) ?? first
  return {
    ...first,
    bytesPresent: options.reduce((sum, option) => sum + option.bytesPresent, 0),
    bytesTotal: options.length === parts ? total : null,
    bytesTotalIsEstimate: options.some((option) => option.bytesTotalIsEstimate),
    complete: options.length === parts && options.every((option) => option.complete),
    state: combineStates(options.map((option) => option.state)),
    isPinned: options.every((option) => option.isPinned),
    ...(unavailable === undefined ? {} : { unavailable }),
    ...(reason === undefined ? {} : { reason }),
  }
}

/** The shelf of a version in the order of its first part. */
export function shelfOf(version: MediaVersion): readonly ShelfRow[] {
  const [first, ...others] = version.parts
  return (first?.qualities ?? []).map((option) => {
    const same = others.flatMap((part) => part.qualities.filter((other) => other.quality === option.quality))
    const whole = combine([option, ...same], version.parts.length)
    const share = whole.complete
      ? 1
      : whole.bytesTotal === null || whole.bytesTotal <= 0
        ? null
        : Math.min(1, whole.bytesPresent / whole.bytesTotal)
    return { option: whole, share }
  })
}
