import i18next from 'i18next'
import type {
  AutomaticAdvice,
  LinkFacts,
  Quality,
  QualityOption,
  UnavailableReason,
} from '../../src-preload/contract/index.ts'
import { formatBytes } from '../lib/format/bytes.ts'
import { shortLabel } from '../lib/items/item-words.ts'
import { reasonWords } from '../lib/items/reason-words.ts'
import { automaticWhy } from './automatic-words.ts'
import type { SwitchTarget } from './player-state.ts'

/** What the menu is made from: all of it changes while the menu is open. */
export interface QualityMenuInput {
  readonly options: readonly QualityOption[]
  /** Name of the server, for the section's title. */
  readonly sourceName: string
  readonly isSourceOnline: boolean
  /** What plays now; null before anything does. */
  readonly playing: Quality | null
  /** The person left the choice to Spool. */
  readonly isAutomatic: boolean
  /** What Automatic stands for where it has not begun. */
  readonly planned?: Quality | null
  /** What Automatic is doing, and by which link. */
  readonly advice?: AutomaticAdvice | null
  readonly link?: LinkFacts | null
}

/** One row. */
export interface QualityRow {
  readonly target: SwitchTarget
  readonly label: string
  /** Second line. */
  readonly detail: string | null
  /** At the end of the first line: size, or what is missing. */
  readonly note: string | null
  /** All of it is on this computer: the note is drawn in the colour of "here". */
  readonly isHere: boolean
  /** 0–1 for partial copies: draws a bar. */
  readonly share: number | null
  /** This row is the person's choice. */
  readonly isChecked: boolean
  /** This row is what plays, also when Automatic chose it. */
  readonly isPlaying: boolean
  readonly isDisabled: boolean
  /** The server refused as much a while ago: choosing it asks once more. */
  readonly isDoubtful: boolean
  /** Shown only after "More". */
  readonly isFolded: boolean
}

export interface QualitySection {
  readonly title: string | null
  readonly rows: readonly QualityRow[]
}

export interface QualityMenuModel {
  readonly sections: readonly QualitySection[]
  /** How many rows "More" would show. */
  readonly foldedCount: number
}

/** `Direct play`, `Direct stream`, `Transcode`. */
export const outcomeWord = (option: QualityOption): string => i18next.t(`player.outcome.${option.outcome}`)

const unavailableWord = (reason: UnavailableReason): string => i18next.t(`player.menu.unavailable.${reason}`)

/** What stands in the way: of the file and of the way to it in particular, of the rest in general. */
const obstacleWord = (unavailable: UnavailableReason, { reason }: QualityOption): string =>
  reason !== undefined && (unavailable === 'unplayable' || unavailable === 'over-limit')
    ? reasonWords(reason)
    : unavailableWord(unavailable)

/** What a server refused it may send now: its owner raised the limit, or others stopped watching. A relay carries no more than ever. */
const canBeAskedAgain = (unavailable: UnavailableReason, { reason }: QualityOption): boolean =>
  unavailable === 'over-limit' && reason?.code !== 'relay-limit'

const isOriginal = (quality: string): boolean => quality === 'original'

const rank = (option: QualityOption): number =>
  isOriginal(option.quality) ? Infinity : heightRate(option.quality)

const bytesWord = (bytes: number, isEstimate: boolean): string =>
  isEstimate ? i18next.t('player.menu.about', { bytes: formatBytes(bytes) }) : formatBytes(bytes)

/** Orders rungs: taller first, then by rate. */
function heightRate(quality: string): number {
  const [, height = '0', kbps = '0'] = /^(\d+)p-(\d+)k/.exec(quality) ?? []
  return Number(height) * 1e6 + Number(kbps)
}

/** The menu's contents: Automatic, what is on this computer, what the server can send, each from high to low. */
export function qualityMenu(input: QualityMenuInput): QualityMenuModel {
  const sorted = input.options.toSorted((a, b) => rank(b) - rank(a))
  const here = sorted.filter((option) => option.complete || option.bytesPresent > 0)
  const remote = sorted.filter((option) => !here.includes(option))
  const remoteRows = remote.map((option) => remoteRow(option, input))
  const sections: QualitySection[] = [
    { title: null, rows: [automaticRow(input)] },
    { title: i18next.t('player.menu.here'), rows: here.map((option) => hereRow(option, input)) },
    { title: i18next.t('player.menu.from', { source: input.sourceName }), rows: remoteRows },
  ]
  return {
    sections: sections.filter(({ rows }) => rows.length > 0),
    foldedCount: remoteRows.filter(({ isFolded }) => isFolded).length,
  }
}

function automaticRow(input: QualityMenuInput): QualityRow {
  const { isAutomatic, advice = null, link = null } = input
  const standsFor = isAutomatic ? (input.planned ?? input.playing) : input.planned
  const option = input.options.find(({ quality }) => quality === standsFor)
  return {
    target: 'automatic',
    label: option
      ? i18next.t('player.menu.automaticNow', { label: shortLabel(option.label) })
      : i18next.t('player.menu.automatic'),
    detail: isAutomatic && advice !== null ? automaticWhy(advice.why, link) : null,
    note: null,
    isHere: false,
    share: null,
    isChecked: input.isAutomatic,
    isPlaying: false,
    isDisabled: false,
    isDoubtful: false,
    isFolded: false,
  }
}

function rowBase(option: QualityOption, input: QualityMenuInput) {
  const isPlaying = option.quality === input.playing
  return {
    target: option.quality,
    label: option.label,
    isPlaying,
    isChecked: isPlaying && !input.isAutomatic,
    isDoubtful: false,
  }
}

/** What is done to it: of a whole copy of a rung nothing is, any more. */
const happening = (option: QualityOption): string =>
  option.complete && !isOriginal(option.quality)
    ? i18next.t('player.menu.playsHere')
    : `${option.detail} · ${outcomeWord(option)}`

function hereRow(option: QualityOption, input: QualityMenuInput): QualityRow {
  const base = rowBase(option, input)
  if (option.complete) {
    return {
      ...base,
      detail: completeDetail(option, base.isPlaying),
      note: formatBytes(option.bytesTotal ?? option.bytesPresent),
      isHere: true,
      share: null,
      isDisabled: option.unavailable === 'unplayable',
      isFolded: false,
    }
  }
  const total = option.bytesTotal
  const share = total === null || total === 0 ? null : Math.min(1, option.bytesPresent / total)
  const missing = total === null ? null : Math.max(0, total - option.bytesPresent)
  return {
    ...base,
    detail: partialDetail(option, input, base.isPlaying),
    note: partialNote(option, share, missing),
    isHere: false,
    share,
    // A partial copy stays choosable offline: what is here of it plays.
    isDisabled: option.unavailable === 'unplayable' || option.unavailable === 'quality-above-source',
    isFolded: false,
  }
}

function completeDetail(option: QualityOption, isPlaying: boolean): string {
  if (option.unavailable === 'unplayable') return obstacleWord(option.unavailable, option)
  return isPlaying || isOriginal(option.quality) ? happening(option) : i18next.t('player.menu.readyOffline')
}

function partialDetail(option: QualityOption, input: QualityMenuInput, isPlaying: boolean): string | null {
  if (option.unavailable === 'unplayable' || option.unavailable === 'quality-above-source')
    return obstacleWord(option.unavailable, option)
  if (!input.isSourceOnline || option.unavailable === 'source-unreachable')
    return i18next.t('player.menu.needsRest')
  return isPlaying || isOriginal(option.quality) ? happening(option) : null
}

function partialNote(option: QualityOption, share: number | null, missing: number | null): string {
  if (share === null || missing === null)
    return i18next.t('player.menu.bytesHere', { bytes: formatBytes(option.bytesPresent) })
  // Rounded down: "100 %" is said of complete copies only.
  return i18next.t('player.menu.share', {
    percent: Math.floor(share * 100),
    missing: bytesWord(missing, option.bytesTotalIsEstimate),
  })
}

function remoteRow(option: QualityOption, input: QualityMenuInput): QualityRow {
  const base = rowBase(option, input)
  const unavailable =
    option.unavailable ?? (input.isSourceOnline ? undefined : ('source-unreachable' as const))
  const isFolded = !option.isDefault && !base.isPlaying
  if (unavailable !== undefined) {
    // Particulars are long: they go below, so that nothing of the label is cut.
    const obstacle = obstacleWord(unavailable, option)
    const isParticular = obstacle !== unavailableWord(unavailable)
    const isDoubtful = canBeAskedAgain(unavailable, option) && input.isSourceOnline
    return {
      ...base,
      detail: isDoubtful ? i18next.t('player.menu.askAgain', { obstacle }) : isParticular ? obstacle : null,
      note: isParticular || isDoubtful ? null : obstacle,
      isHere: false,
      share: null,
      isDisabled: !isDoubtful,
      isDoubtful,
      isFolded,
    }
  }
  return {
    ...base,
    detail: base.isPlaying || isOriginal(option.quality) ? happening(option) : null,
    note: remoteNote(option),
    isHere: false,
    share: null,
    isDisabled: false,
    isFolded,
  }
}

function remoteNote(option: QualityOption): string {
  const size = option.bytesTotal === null ? null : bytesWord(option.bytesTotal, option.bytesTotalIsEstimate)
  // Original says how it plays on its second line.
  const outcome = isOriginal(option.quality) ? null : outcomeWord(option)
  return [size, outcome].filter((word) => word !== null).join(' · ')
}

/** `Direct play from this computer`, `Transcode · 720p 4 Mbps from Attic`: what is really happening, for the title line. */
export function playedFrom(option: QualityOption, isComplete: boolean, sourceName: string): string {
  const place = isComplete ? i18next.t('player.from.here') : sourceName
  const outcome = outcomeWord(option)
  const label = option.label.replace(' · ', ' ')
  if (isOriginal(option.quality)) return i18next.t('player.from.original', { outcome, place })
  return isComplete
    ? i18next.t('player.from.copy', { label, place })
    : i18next.t('player.from.rung', { outcome, label, place })
}

/** Complete copies, best first: what can be offered when the server cannot. */
export function offlineAlternatives(
  options: readonly QualityOption[],
  except: Quality | null,
): readonly QualityOption[] {
  return options
    .filter((option) => option.complete && option.quality !== except && option.unavailable !== 'unplayable')
    .toSorted((a, b) => rank(b) - rank(a))
}

/** The best rung that can be had now: where to go when the original cannot be decoded. */
export function bestRung(options: readonly QualityOption[]): QualityOption | null {
  const usable = options.filter(
    (option) =>
      !isOriginal(option.quality) && option.outcome !== 'unplayable' && option.unavailable === undefined,
  )
  const defaults = usable.filter((option) => option.isDefault || option.complete)
  return (defaults.length > 0 ? defaults : usable).toSorted((a, b) => rank(b) - rank(a))[0] ?? null
}
