import type {
  ConnectionKind,
  PlayReasonCode,
  Quality,
  QualityOption,
  UnavailableReason,
} from '../../../src-preload/contract/index.ts'
import type { ShelfEntry } from '../cache/handle.ts'
import type { PlexMedia, PlexPart } from '../plex/model.ts'
import type { Capabilities } from './capabilities.ts'
import { ladder, type Rung } from './ladder.ts'
import { planPlayback, playsAsItIs, type PlayPlan } from './play-plan.ts'
import { mediaLabel, qualityLabel } from './quality-label.ts'
import { original, parseQuality, type ParsedQuality } from './quality-name.ts'
import type { RungRates } from './rung-rates.ts'
import type { SourceLimit } from './source-limit.ts'

/** All that the rows of one part depend on. */
export interface QualityOptionsInput {
  /** Names the file among those that were found out by playing them; null where that does not matter. */
  readonly key: { readonly sourceId: string; readonly mediaId: string } | null
  readonly media: PlexMedia
  readonly part: PlexPart
  /** What is kept of this part. */
  readonly shelf: ReadonlyMap<Quality, ShelfEntry>
  readonly connection: ConnectionKind
  readonly capabilities: Capabilities
  /** The most this source sends at the moment. */
  readonly limit: SourceLimit | null
  /** What rungs were seen to weigh; left out, they weigh what they are called. */
  readonly rates?: RungRates | undefined
}

/**
 * The rows of the quality menu and the shelf: Original, then the ladder high to low with every kept quality in its place.
 * Rungs above the source are there, marked; 4K rungs only for 4K sources. What is kept is always there.
 */
export function buildQualityOptions(input: QualityOptionsInput): readonly QualityOption[] {
  const { media, shelf } = input
  const rows = [originalRow(input)]
  const kept = [...shelf.keys()].flatMap((quality) => parseQuality(quality) ?? [])
  for (const step of ladder) {
    const variants = kept.filter((name) => name.rung === step && name.quality !== step.name)
    if (step.height <= 1080 || is4k(media) || shelf.has(step.name))
      rows.push(rungRow(step, plain(step), input))
    for (const variant of variants) rows.push(rungRow(step, variant, input))
  }
  return rows
}

const plain = (step: Rung): ParsedQuality => ({
  quality: step.name,
  rung: step,
  audioStreamId: null,
  burnedSubtitleId: null,
})

/** 2160 lines, or a film cropped from them. */
export const is4k = (media: PlexMedia): boolean =>
  media.videoResolution === '4k' || (media.height ?? 0) > 1440 || (media.width ?? 0) > 2560

/** Bytes of `durationMs` at `bitrateKbps`; null when either is unknown. */
export const estimateBytes = (bitrateKbps: number | null, durationMs: number | null): number | null =>
  bitrateKbps === null || durationMs === null ? null : Math.round((bitrateKbps * durationMs) / 8)

function originalRow(input: QualityOptionsInput): QualityOption {
  const { media, part } = input
  const plan = planPlayback(
    { quality: original, rung: null, audioStreamId: null, burnedSubtitleId: null },
    input,
  )
  const isPlayable = playsAsItIs(plan)
  const estimate = estimateBytes(media.bitrateKbps, part.durationMs ?? media.durationMs)
  return {
    ...common(original, input, {
      bytesTotal: part.sizeBytes ?? estimate,
      isEstimate: part.sizeBytes === null,
    }),
    detail: mediaLabel(media),
    // A copy in another wrapping is not Original: what would need one is made as a rung instead.
    outcome: isPlayable ? 'direct-play' : 'unplayable',
    bitrateKbps: media.bitrateKbps,
    isDefault: true,
    ...marked(isPlayable ? null : 'unplayable', plan, original, input),
  }
}

function rungRow(step: Rung, name: ParsedQuality, input: QualityOptionsInput): QualityOption {
  const { media, part, key, rates } = input
  const kbps =
    key === null
      ? step.bitrateKbps
      : (rates?.kbpsOf({ ...key, quality: name.quality }, step) ?? step.bitrateKbps)
  const bytesTotal = estimateBytes(kbps, part.durationMs ?? media.durationMs)
  const plan = planPlayback(name, input)
  return {
    ...common(name.quality, input, { bytesTotal, isEstimate: true }),
    detail: 'H.264 + AAC',
    outcome: plan.outcome,
    bitrateKbps: step.bitrateKbps,
    isDefault: step.isDefault,
    ...marked(plan.outcome === 'unplayable' ? 'unplayable' : null, plan, name.quality, input),
  }
}

function common(
  quality: Quality,
  { shelf, part }: QualityOptionsInput,
  size: { readonly bytesTotal: number | null; readonly isEstimate: boolean },
): Pick<
  QualityOption,
  | 'quality'
  | 'label'
  | 'bytesPresent'
  | 'bytesTotal'
  | 'bytesTotalIsEstimate'
  | 'complete'
  | 'state'
  | 'isPinned'
> {
  const entry = shelf.get(quality)
  const bytesPresent = entry?.bytesPresent ?? 0
  // The entry knows better than the server's word, and estimates worse than what was learned.
  const isExact = entry !== undefined && entry.bytesTotal !== null && !entry.bytesTotalIsEstimate
  const estimate = size.bytesTotal ?? entry?.bytesTotal ?? null
  return {
    quality,
    label: qualityLabel(quality, part),
    bytesPresent,
    bytesTotal: isExact ? entry.bytesTotal : estimate === null ? null : Math.max(estimate, bytesPresent),
    bytesTotalIsEstimate: !isExact && size.isEstimate,
    complete: entry?.state === 'complete',
    state: entry?.state ?? 'none',
    isPinned: entry?.isPinned ?? false,
  }
}

/** Whether and why a row can be chosen. A complete copy plays whatever the server or its ladder say; only what the player cannot show stays marked. */
function marked(
  own: 'unplayable' | null,
  { reason }: PlayPlan,
  quality: Quality,
  { shelf }: QualityOptionsInput,
): Pick<QualityOption, 'unavailable' | 'reason'> {
  if (own !== null) return { unavailable: own, reason }
  if (shelf.get(quality)?.state === 'complete') return {}
  const unavailable = unavailableFor(reason.code)
  return unavailable === null ? { reason } : { unavailable, reason }
}

function unavailableFor(code: PlayReasonCode): UnavailableReason | null {
  if (code === 'above-source') return 'quality-above-source'
  if (code === 'offline') return 'source-unreachable'
  if (code === 'relay-limit' || code === 'server-limit') return 'over-limit'
  return null
}
