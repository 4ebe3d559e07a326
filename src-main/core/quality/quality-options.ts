import type {
  PlayOutcome,
  Quality,
  QualityOption,
  UnavailableReason,
} from '../../../src-preload/contract/index.ts'
import type { ShelfEntry } from '../cache/handle.ts'
import type { PlexMedia, PlexPart } from '../plex/model.ts'
import { findObstacle, type Capabilities } from './capabilities.ts'
import { isAboveSource, ladder, type Rung } from './ladder.ts'
import { mediaLabel, qualityLabel } from './quality-label.ts'
import { original, parseQuality } from './quality-name.ts'

/** All that the rows of one part depend on. */
export interface QualityOptionsInput {
  readonly media: PlexMedia
  readonly part: PlexPart
  /** What is kept of this part. */
  readonly shelf: ReadonlyMap<Quality, ShelfEntry>
  readonly isReachable: boolean
  readonly capabilities: Capabilities
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
    if (step.height <= 1080 || is4k(media) || shelf.has(step.name)) rows.push(rungRow(step, step.name, input))
    for (const { quality } of variants) rows.push(rungRow(step, quality, input))
  }
  return rows
}

/** 2160 lines, or a film cropped from them. */
export const is4k = (media: PlexMedia): boolean =>
  media.videoResolution === '4k' || (media.height ?? 0) > 1440 || (media.width ?? 0) > 2560

/** Bytes of `durationMs` at `bitrateKbps`; null when either is unknown. */
export const estimateBytes = (bitrateKbps: number | null, durationMs: number | null): number | null =>
  bitrateKbps === null || durationMs === null ? null : Math.round((bitrateKbps * durationMs) / 8)

function originalRow(input: QualityOptionsInput): QualityOption {
  const { media, part } = input
  const isPlayable = findObstacle(media, part, input.capabilities) === null
  const estimate = estimateBytes(media.bitrateKbps, part.durationMs ?? media.durationMs)
  return {
    ...common(original, input, {
      bytesTotal: part.sizeBytes ?? estimate,
      isEstimate: part.sizeBytes === null,
    }),
    detail: mediaLabel(media),
    outcome: isPlayable ? 'direct-play' : 'unplayable',
    bitrateKbps: media.bitrateKbps,
    isDefault: true,
    ...marked(isPlayable ? null : 'unplayable', original, input),
  }
}

function rungRow(step: Rung, quality: Quality, input: QualityOptionsInput): QualityOption {
  const { media, part } = input
  const bytesTotal = estimateBytes(step.bitrateKbps, part.durationMs ?? media.durationMs)
  const outcome: PlayOutcome = 'transcode'
  return {
    ...common(quality, input, { bytesTotal, isEstimate: true }),
    detail: 'H.264 + AAC',
    outcome,
    bitrateKbps: step.bitrateKbps,
    isDefault: step.isDefault,
    ...marked(isAboveSource(step, media) ? 'quality-above-source' : null, quality, input),
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
  const isEntryBetter =
    entry !== undefined && entry.bytesTotal !== null && (!entry.bytesTotalIsEstimate || size.isEstimate)
  return {
    quality,
    label: qualityLabel(quality, part),
    bytesPresent: entry?.bytesPresent ?? 0,
    bytesTotal: isEntryBetter ? entry.bytesTotal : size.bytesTotal,
    bytesTotalIsEstimate: isEntryBetter ? entry.bytesTotalIsEstimate : size.isEstimate,
    complete: entry?.state === 'complete',
    state: entry?.state ?? 'none',
    isPinned: entry?.isPinned ?? false,
  }
}

/** A complete copy plays whatever the server or its ladder say; only what the player cannot show stays marked. */
function marked(
  own: UnavailableReason | null,
  quality: Quality,
  { shelf, isReachable }: QualityOptionsInput,
): { unavailable?: UnavailableReason } {
  if (own === 'unplayable') return { unavailable: own }
  if (shelf.get(quality)?.state === 'complete') return {}
  if (own !== null) return { unavailable: own }
  return isReachable ? {} : { unavailable: 'source-unreachable' }
}
