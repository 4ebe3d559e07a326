import type { ConnectionKind, PlayOutcome, Quality, Settings } from '../../../src-preload/contract/index.ts'
import type { ShelfEntry } from '../cache/handle.ts'
import type { PlexMedia, PlexPart } from '../plex/model.ts'
import { chooseStart } from './automatic/start-quality.ts'
import type { Capabilities } from './capabilities.ts'
import { isAboveSource, ladder, type Rung } from './ladder.ts'
import { planPlayback, playsAsItIs } from './play-plan.ts'
import { original, parseQuality } from './quality-name.ts'
import { is4k } from './quality-options.ts'
import type { SourceLimit } from './source-limit.ts'

/** All that the choice of a quality depends on. */
export interface PlannerInput {
  /** Names the file among those that were found out by playing them; null where that does not matter. */
  readonly key: { readonly sourceId: string; readonly mediaId: string } | null
  readonly media: PlexMedia
  readonly part: PlexPart
  readonly capabilities: Capabilities
  readonly connection: ConnectionKind
  readonly defaultQuality: Settings['defaultQuality']
  readonly shelf: ReadonlyMap<Quality, ShelfEntry>
  /** The most this source sends at the moment. */
  readonly limit: SourceLimit | null
  /** What the link gave when it was last measured; null or left out: it never was. */
  readonly linkKbps?: number | null
}

export type PlanReason =
  /** A whole copy on this computer is as good as what was asked for, or all there is. */
  | 'complete-copy'
  | 'partial-copy'
  /** As the settings say for this connection. */
  | 'default'
  | 'automatic'
  /** The default is more than the file has. */
  | 'above-source'
  /** The file itself shows no picture or makes no sound here. */
  | 'not-direct-playable'
  /** The source does not send as much as the settings say. */
  | 'over-limit'

export interface PlannedQuality {
  readonly quality: Quality
  readonly outcome: PlayOutcome
  readonly reason: PlanReason
}

/**
 * The quality to play when nobody names one. Null only when the source is off and nothing is kept.
 * `unplayable` only when neither the file nor any rung of it plays here.
 */
export function planQuality(input: PlannerInput): PlannedQuality | null {
  const planOf = (quality: Quality) => {
    const parsed = parseQuality(quality)
    return parsed === null ? null : planPlayback(parsed, input)
  }
  const outcomeOf = (quality: Quality): PlayOutcome => {
    const outcome = planOf(quality)?.outcome ?? 'unplayable'
    return quality === original && outcome !== 'direct-play' ? 'unplayable' : outcome
  }
  const ofOriginal = planOf(original)
  const playsDirectly = ofOriginal !== null && playsAsItIs(ofOriginal)
  const kept = rankKept(input.shelf, playsDirectly)
  if (input.connection === 'offline') {
    const best = kept[0]
    if (!best) return null
    const reason = best.isComplete ? 'complete-copy' : 'partial-copy'
    return { quality: best.quality, outcome: outcomeOf(best.quality), reason }
  }
  const wanted = withinLimit(planOnline(input, input.defaultQuality[input.connection], playsDirectly), input)
  const copy = kept.find((entry) => entry.isComplete && entry.isPlayable)
  // A whole copy at least as good costs nothing and looks no worse.
  if (copy && copy.quality !== wanted.quality && rankOf(copy.quality) <= rankOf(wanted.quality))
    return { quality: copy.quality, outcome: outcomeOf(copy.quality), reason: 'complete-copy' }
  return { ...wanted, outcome: outcomeOf(wanted.quality) }
}

type Choice = Omit<PlannedQuality, 'outcome'>

function planOnline(input: PlannerInput, name: string, playsDirectly: boolean): Choice {
  const { media } = input
  const best = bestRung(media)
  if (name === 'automatic') return { quality: startOf(input, playsDirectly), reason: 'automatic' }
  // A name that is none cannot come from the settings service; Original is what it would be without it.
  const wanted = parseQuality(name)?.rung ?? null
  if (wanted === null) {
    if (playsDirectly || best === null) return { quality: original, reason: 'default' }
    return { quality: best.name, reason: 'not-direct-playable' }
  }
  if (!isAboveSource(wanted, media)) return { quality: wanted.name, reason: 'default' }
  const fitsOriginal = media.bitrateKbps !== null && media.bitrateKbps <= wanted.bitrateKbps
  // The file is smaller than what was asked for: sending it as it is costs less than any rung near it.
  if (playsDirectly && fitsOriginal) return { quality: original, reason: 'above-source' }
  const lower = ladder.slice(ladder.indexOf(wanted)).find((step) => !isAboveSource(step, media))
  if (lower) return { quality: lower.name, reason: 'above-source' }
  return { quality: original, reason: 'above-source' }
}

/** What the source would refuse gives way to the best default rung that it sends; where there is none, to the lowest of all. */
function withinLimit(choice: Choice, { media, limit }: PlannerInput): Choice {
  const rung = parseQuality(choice.quality)?.rung ?? null
  const bitrateKbps = rung === null ? media.bitrateKbps : rung.bitrateKbps
  if (limit === null || bitrateKbps === null || bitrateKbps <= limit.maxKbps) return choice
  const below = ladder.filter((step) => !isAboveSource(step, media))
  const allowed = below.filter((step) => step.bitrateKbps <= limit.maxKbps)
  const lower = allowed.find((step) => step.isDefault) ?? allowed[0] ?? below.at(-1)
  return lower === undefined ? choice : { quality: lower.name, reason: 'over-limit' }
}

/** What Automatic begins with: Original and the default rungs below it are its choices. */
function startOf({ media, connection, linkKbps = null }: PlannerInput, playsDirectly: boolean): Quality {
  const fileKbps = playsDirectly ? (media.bitrateKbps ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY
  const rungs = ladder
    .filter((step) => !isAboveSource(step, media) && (step.height <= 1080 || is4k(media)))
    .filter((step) => step.isDefault && step.bitrateKbps < fileKbps)
    .map((step) => ({ quality: step.name, needKbps: step.bitrateKbps }))
  const file = playsDirectly ? [{ quality: original, needKbps: media.bitrateKbps }] : []
  const kind = connection === 'offline' ? 'wan' : connection
  return chooseStart([...file, ...rungs], kind, linkKbps)?.quality ?? bestRung(media)?.name ?? original
}

/** The default rung of the tallest frame the file fills; where that frame has none below the file, its highest. Null below the ladder. */
function bestRung(media: PlexMedia): Rung | null {
  const below = ladder.filter((step) => !isAboveSource(step, media) && (step.height <= 1080 || is4k(media)))
  const tallest = below.filter((step) => step.height === below[0]?.height)
  return tallest.find((step) => step.isDefault) ?? tallest[0] ?? null
}

interface Kept {
  readonly quality: Quality
  readonly isComplete: boolean
  readonly isPlayable: boolean
  readonly fraction: number
}

/** Best first: what plays, what is whole, then Original and the higher rungs; among partial copies the one with most of it here. */
function rankKept(shelf: ReadonlyMap<Quality, ShelfEntry>, playsDirectly: boolean): readonly Kept[] {
  return [...shelf.values()]
    .filter((entry) => entry.state === 'complete' || entry.bytesPresent > 0)
    .map((entry): Kept => {
      const isComplete = entry.state === 'complete'
      return {
        quality: entry.key.quality,
        isComplete,
        isPlayable: entry.key.quality !== original || playsDirectly,
        fraction: isComplete ? 1 : entry.bytesTotal ? entry.bytesPresent / entry.bytesTotal : 0,
      }
    })
    .sort(
      (a, b) =>
        Number(b.isPlayable) - Number(a.isPlayable) ||
        Number(b.isComplete) - Number(a.isComplete) ||
        b.fraction - a.fraction ||
        rankOf(a.quality) - rankOf(b.quality) ||
        // A copy with the tracks everybody gets before one with others.
        a.quality.length - b.quality.length,
    )
}

/** 0 for Original, then the ladder downwards; what is neither comes last. */
function rankOf(quality: Quality): number {
  const parsed = parseQuality(quality)
  if (!parsed) return Number.POSITIVE_INFINITY
  return parsed.rung === null ? 0 : ladder.indexOf(parsed.rung) + 1
}
