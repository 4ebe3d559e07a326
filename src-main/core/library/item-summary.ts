import type { ItemSummary, KeptQuality, SourceId } from '../../../src-preload/contract/index.ts'
import type { PlexItem } from '../plex/model.ts'
import type { LocalPosition } from './library-port.ts'
import { imageUrl } from './page-urls.ts'

/** Where a title was left, whoever knows it better. */
export interface WatchState {
  readonly positionMs: number | null
  readonly isWatched: boolean
  /** Epoch ms of the last viewing; null when never. */
  readonly viewedAt: number | null
}

const sameReportMs = 5000
/** As little as this is not a beginning. */
const begunMs = 5000

const isNearEnd = (positionMs: number, durationMs: number | null): boolean =>
  durationMs !== null && durationMs > 0 && positionMs >= durationMs * 0.95

/** The server's word, unless this computer played the title since. */
export function watchState(item: PlexItem, local: LocalPosition | null): WatchState {
  // Our own last report comes back with the server's clock, in whole seconds: that is not another device.
  if (local !== null && (item.lastViewedAt ?? 0) <= local.updatedAt + sameReportMs) {
    const isOver = local.isWatched || isNearEnd(local.positionMs, item.durationMs)
    const positionMs = isOver || local.positionMs <= begunMs ? null : local.positionMs
    return { positionMs, isWatched: local.isWatched || item.viewCount > 0, viewedAt: local.updatedAt }
  }
  const isLeafless = item.leafCount === null
  const isWatched = isLeafless
    ? item.viewCount > 0
    : (item.leafCount ?? 0) > 0 && (item.viewedLeafCount ?? 0) >= (item.leafCount ?? 0)
  const hasPosition = item.viewOffsetMs !== null && item.viewOffsetMs > 0
  return { positionMs: hasPosition ? item.viewOffsetMs : null, isWatched, viewedAt: item.lastViewedAt }
}

/** What a card shows. */
export function toSummary(
  sourceId: SourceId,
  item: PlexItem,
  kept: readonly KeptQuality[],
  local: LocalPosition | null,
): ItemSummary {
  const { positionMs, isWatched } = watchState(item, local)
  const isFolder = item.type === 'show' || item.type === 'season'
  const isEpisode = item.type === 'episode'
  return {
    sourceId,
    ratingKey: item.ratingKey,
    type: item.type,
    title: item.title,
    year: item.year,
    durationMs: isFolder ? null : item.durationMs,
    positionMs: isFolder ? null : positionMs,
    isWatched,
    unwatchedCount:
      isFolder && item.leafCount !== null ? Math.max(0, item.leafCount - (item.viewedLeafCount ?? 0)) : null,
    index: item.index,
    parentIndex: item.parentIndex,
    showTitle: isEpisode ? item.grandparentTitle : item.type === 'season' ? item.parentTitle : null,
    showRatingKey: isEpisode
      ? item.grandparentRatingKey
      : item.type === 'season'
        ? item.parentRatingKey
        : null,
    seasonRatingKey: isEpisode ? item.parentRatingKey : null,
    // An episode's own picture is a wide still: on posters its show stands for it.
    posterUrl: imageUrl(sourceId, isEpisode ? (item.grandparentThumb ?? item.thumb) : item.thumb),
    artUrl: imageUrl(sourceId, isEpisode ? (item.thumb ?? item.art) : item.art),
    resolution: bestResolution(item),
    kept,
  }
}

function bestResolution(item: PlexItem): string | null {
  const [best] = [...item.media].sort((a, b) => (b.height ?? 0) - (a.height ?? 0))
  return best?.videoResolution ?? null
}
