import type { ItemSummary, KeptQuality } from '../../../src-preload/contract/index.ts'
import { formatDuration } from '../format/duration.ts'

/** `720p` of `720p · 4 Mbps`: what fits on a badge. */
export const shortLabel = (label: string): string => label.split(' · ')[0] ?? label

/** What the badge says of the complete copies: `720p`, `2 qualities`; null when none is complete. */
export function keptBadge(kept: readonly KeptQuality[]): string | null {
  const complete = kept.filter((copy) => copy.complete)
  const [first] = complete
  if (first === undefined) return null
  return complete.length === 1 ? shortLabel(first.label) : `${complete.length} qualities`
}

/** `S1 · E3`; null for what is not an episode of a numbered season. */
export function episodeNumber(item: Pick<ItemSummary, 'type' | 'index' | 'parentIndex'>): string | null {
  if (item.type !== 'episode' || item.index === null) return null
  return item.parentIndex === null ? `E${item.index}` : `S${item.parentIndex} · E${item.index}`
}

/** 0–1 of what was begun and not finished; null otherwise. */
export function watchedShare(item: Pick<ItemSummary, 'positionMs' | 'durationMs'>): number | null {
  if (item.positionMs === null || item.durationMs === null || item.durationMs <= 0) return null
  return Math.min(1, item.positionMs / item.durationMs)
}

export interface CardWords {
  readonly title: string
  readonly subtitle: string
}

/** The two lines under a card. In rows of things begun the time left counts more than the year. */
export function cardWords(item: ItemSummary, isContinuing: boolean): CardWords {
  if (item.type === 'episode') {
    const number = episodeNumber(item)
    return {
      title: item.showTitle ?? item.title,
      subtitle: number === null ? item.title : `${number} — ${item.title}`,
    }
  }
  if (item.type === 'season') return { title: item.title, subtitle: item.showTitle ?? '' }
  if (isContinuing && item.positionMs !== null && item.durationMs !== null) {
    return { title: item.title, subtitle: `${formatDuration(item.durationMs - item.positionMs)} left` }
  }
  const facts = [item.year === null ? null : String(item.year), item.resolution === '4k' ? '4K' : null]
  return { title: item.title, subtitle: facts.filter((fact) => fact !== null).join(' · ') }
}

/** The letter a title is filed under: articles do not count, and what begins with no letter goes under `#`. */
export function filingLetter(title: string): string {
  const bare = title.replace(/^(the|an?)\s+(?=\S)/i, '')
  const letter = bare
    .normalize('NFD')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .charAt(0)
    .toUpperCase()
  return letter >= 'A' && letter <= 'Z' ? letter : '#'
}

/** `720p` of `720p-4000k`, `Original` of `original`: for places without room for more. */
export function qualityWord(quality: string): string {
  const [rung = ''] = quality.split(/[-.]/)
  return rung === 'original' ? 'Original' : rung
}
