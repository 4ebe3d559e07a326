import i18next from 'i18next'
import type {
  ConnectionKind,
  CurrentStats,
  LinkFacts,
  QualityOption,
  WaitingReason,
} from '../../src-preload/contract/index.ts'
import { formatBitrate } from '../lib/format/bitrate.ts'

/** All that is known of a wait. */
export interface Wait {
  /** The server's name. */
  readonly source: string
  readonly connection: ConnectionKind
  readonly stats: Pick<CurrentStats, 'waitingReason' | 'waitingMs' | 'neededKbps' | 'measuredKbps'> | null
  readonly link: LinkFacts | null
  /** What is waited for; null before that is known. */
  readonly playing: QualityOption | null
  readonly options: readonly QualityOption[]
}

/** The one thing that would help. */
export type WaitHelp =
  | { readonly do: 'play-copy'; readonly option: QualityOption }
  | { readonly do: 'switch'; readonly option: QualityOption }
  /** Asks for the same once more. */
  | { readonly do: 'try-again' }
  /** Looks at once whether the server answers. */
  | { readonly do: 'look-again' }

export interface WaitExplained {
  readonly sentence: string
  readonly help: WaitHelp | null
}

/** What a wait is for, once everything that is known of it was looked at. */
type Cause = WaitingReason | 'server-slow' | 'relay' | 'unknown'

/** An older measure says nothing of this wait. */
const freshMs = 30_000
/** A quality must leave this much of the link free. */
const headroom = 1.2
/** Preparing takes some seconds; after this, something else may be quicker. */
const longPreparingMs = 8_000

/** "Why is it waiting?", answered in one sentence from what is really known, with the one thing that would help. */
export function explainWait(wait: Wait): WaitExplained {
  const cause = causeOf(wait)
  const linkKbps = linkKbpsOf(wait)
  const neededKbps = neededKbpsOf(wait)
  const figures = {
    source: wait.source,
    link: linkKbps === null ? '' : formatBitrate(linkKbps),
    needed: neededKbps === null ? '' : formatBitrate(neededKbps),
  }
  return { sentence: i18next.t(`player.waiting.${cause}`, figures), help: helpFor(cause, wait, linkKbps) }
}

function causeOf(wait: Wait): Cause {
  if (wait.connection === 'offline') return 'source-unreachable'
  const reason = wait.stats?.waitingReason ?? null
  const isSlow = isLinkTooSlow(wait)
  switch (reason) {
    case 'source-unreachable':
    case 'disk-full':
    case 'disk-slow':
    case 'player-first':
    case 'server-preparing':
    case 'retrying':
      return reason
    case 'transcoder-starting':
      return reason
    case 'link-too-slow':
    case 'source-slow':
    case 'server-paces':
    case null:
      if (isSlow) return wait.connection === 'relay' ? 'relay' : 'link-too-slow'
      if (wait.link?.isServerBusy === true && wait.playing?.outcome !== 'direct-play') return 'server-slow'
      // Without both figures the sentence that names them cannot be said.
      if (reason === 'link-too-slow') return 'source-slow'
      return reason ?? 'unknown'
  }
}

function helpFor(cause: Cause, wait: Wait, linkKbps: number | null): WaitHelp | null {
  const copy = bestCopy(wait)
  const playCopy: WaitHelp | null = copy === null ? null : { do: 'play-copy', option: copy }
  switch (cause) {
    case 'disk-full':
    case 'disk-slow':
    case 'player-first':
    case 'server-preparing':
      return null
    case 'source-unreachable':
      return playCopy ?? { do: 'look-again' }
    case 'retrying':
      return playCopy ?? { do: 'try-again' }
    case 'transcoder-starting':
      return (wait.stats?.waitingMs ?? 0) < longPreparingMs ? null : playCopy
    case 'unknown':
      return playCopy
    case 'relay':
    case 'link-too-slow':
    case 'source-slow':
    case 'server-paces':
    case 'server-slow':
      return betterOf(copy, fitting(wait, linkKbps, cause === 'server-slow')) ?? { do: 'try-again' }
  }
}

/** A copy that is as good as what could be sent costs nothing. */
function betterOf(copy: QualityOption | null, served: QualityOption | null): WaitHelp | null {
  if (copy !== null && (served === null || rateOf(copy) >= rateOf(served)))
    return { do: 'play-copy', option: copy }
  return served === null ? null : { do: 'switch', option: served }
}

/** The best that the link carries; for a server that converts too slowly, the next one that asks less of it. */
function fitting(wait: Wait, linkKbps: number | null, isServerSlow: boolean): QualityOption | null {
  const now = wait.playing === null ? Number.POSITIVE_INFINITY : rateOf(wait.playing)
  const fit = wait.options.filter((option) => {
    if (option.unavailable !== undefined || option.outcome === 'unplayable') return false
    if (option.quality === wait.playing?.quality) return false
    const rate = rateOf(option)
    if (linkKbps !== null && rate * headroom > linkKbps) return false
    return isServerSlow && option.outcome === 'direct-play' ? linkKbps !== null : rate < now
  })
  // One that is not shown at once is better than none.
  return best(fit.filter(({ isDefault }) => isDefault)) ?? best(fit)
}

const bestCopy = ({ options, playing }: Wait): QualityOption | null =>
  best(
    options.filter(
      (option) => option.complete && option.quality !== playing?.quality && option.outcome !== 'unplayable',
    ),
  )

const best = (options: readonly QualityOption[]): QualityOption | null =>
  options.toSorted((a, b) => rateOf(b) - rateOf(a))[0] ?? null

const rateOf = ({ bitrateKbps }: QualityOption): number => bitrateKbps ?? Number.POSITIVE_INFINITY

const neededKbpsOf = ({ stats, playing }: Wait): number | null =>
  stats?.neededKbps ?? playing?.bitrateKbps ?? null

function linkKbpsOf({ link, stats }: Wait): number | null {
  if (link?.kbps != null && link.ageMs !== null && link.ageMs < freshMs) return link.kbps
  return stats?.measuredKbps ?? null
}

function isLinkTooSlow(wait: Wait): boolean {
  const linkKbps = linkKbpsOf(wait)
  const neededKbps = neededKbpsOf(wait)
  return linkKbps !== null && neededKbps !== null && linkKbps < neededKbps
}
