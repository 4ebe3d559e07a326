import { Play } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { ItemSummary } from '../../../src-preload/contract/index.ts'
import { formatClock } from '../../lib/format/duration.ts'
import { episodeNumber } from '../../lib/items/item-words.ts'
import { usePlayItem } from '../../lib/items/use-play-item.ts'
import { useCall } from '../../lib/rpc/index.ts'
import { Button } from '../../ui/button.tsx'

/** The one that was begun, else the first not watched, else the first. */
const nextOf = (episodes: readonly ItemSummary[]): ItemSummary | undefined =>
  episodes.find((episode) => episode.positionMs !== null) ??
  episodes.find((episode) => !episode.isWatched) ??
  episodes[0]

/** Plays the episode that comes next. */
export function NextEpisode({
  season,
}: {
  readonly season: Pick<ItemSummary, 'sourceId' | 'ratingKey'>
}): ReactNode {
  const { t } = useTranslation()
  const play = usePlayItem()
  const { data } = useCall('library.getChildren', { sourceId: season.sourceId, ratingKey: season.ratingKey })
  const next = nextOf(data ?? [])
  if (next === undefined) return null
  const number = episodeNumber(next) ?? next.title
  const isResuming = next.positionMs !== null
  return (
    <Button
      variant="primary"
      icon={<Play size={16} fill="currentColor" aria-hidden />}
      note={isResuming ? `${formatClock(next.positionMs)} · ${number}` : number}
      data-focus-id="play"
      onClick={() => play(next)}
    >
      {isResuming ? t('item.resume') : t('item.play')}
    </Button>
  )
}
