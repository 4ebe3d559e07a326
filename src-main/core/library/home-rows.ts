import type { HomeRow, ItemSummary, SourceId } from '../../../src-preload/contract/index.ts'

/** A title of "Continue watching" with when it was last played, wherever that was. */
export interface StartedTitle {
  readonly summary: ItemSummary
  /** Epoch ms; null when only the server's order tells. */
  readonly viewedAt: number | null
}

/** Merges what the sources and this computer say: latest first, one episode per show, nothing that was watched to the end here. */
export function mergeStarted(titles: readonly StartedTitle[], limit: number): readonly ItemSummary[] {
  const seen = new Set<string>()
  const merged: ItemSummary[] = []
  // Sorting is stable: titles without a time keep the server's order, behind those with one.
  for (const { summary } of [...titles].sort((a, b) => (b.viewedAt ?? 0) - (a.viewedAt ?? 0))) {
    const key = JSON.stringify([summary.sourceId, summary.showRatingKey ?? summary.ratingKey])
    if (seen.has(key)) continue
    seen.add(key)
    merged.push(summary)
  }
  return merged.slice(0, limit)
}

export const continueRow = (items: readonly ItemSummary[]): HomeRow => ({
  rowId: 'continue',
  title: 'Continue watching',
  subtitle: null,
  style: 'wide',
  items,
})

export const offlineRow = (items: readonly ItemSummary[], bytes: number): HomeRow => ({
  rowId: 'offline',
  title: 'Ready offline',
  subtitle: `${items.length} ${items.length === 1 ? 'title' : 'titles'} · ${sizeLabel(bytes)} on this computer`,
  style: 'poster',
  items,
})

export const recentRow = (
  source: { readonly sourceId: SourceId; readonly name: string },
  section: { readonly key: string; readonly title: string },
  items: readonly ItemSummary[],
): HomeRow => ({
  rowId: `recent:${source.sourceId}:${section.key}`,
  title: `Recently added in ${section.title}`,
  subtitle: source.name,
  style: 'poster',
  items,
})

/** `410 MB`, `1.3 GB`: decimal, as disks are sold and players count. */
export function sizeLabel(bytes: number): string {
  if (bytes >= 1e12) return `${(bytes / 1e12).toFixed(1)} TB`
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`
  if (bytes >= 1e6) return `${Math.round(bytes / 1e6)} MB`
  return `${Math.round(bytes / 1e3)} kB`
}
