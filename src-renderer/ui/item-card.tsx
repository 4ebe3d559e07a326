import type { ComponentProps, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { ItemSummary } from '../../src-preload/contract/index.ts'
import { useCopiesAway } from '../lib/items/copies-away.ts'
import { itemPath } from '../lib/items/item-paths.ts'
import { cardWords, keptBadge, watchedShare } from '../lib/items/item-words.ts'
import { useCall } from '../lib/rpc/index.ts'
import { usePlayItem } from '../lib/items/use-play-item.ts'
import { Card } from './card.tsx'

export interface ItemCardProps {
  readonly item: ItemSummary
  readonly shape: 'poster' | 'wide'
  /** The row is about going on: time left instead of the year. */
  readonly isContinuing?: boolean
  /** Says what part is here where nothing is complete: on pages about what is kept. */
  readonly showsParts?: boolean
  readonly isFirst?: boolean
  readonly tabIndex?: number
  readonly linkProps?: Omit<ComponentProps<'a'>, 'href'>
}

export const focusIdOf = (item: Pick<ItemSummary, 'sourceId' | 'ratingKey'>): string =>
  `${item.sourceId}/${item.ratingKey}`

/** An item as a card: its words, its picture, and what is known of it. */
export function ItemCard({
  item,
  shape,
  isContinuing = false,
  showsParts = false,
  linkProps,
  ...rest
}: ItemCardProps): ReactNode {
  const { t } = useTranslation()
  const play = usePlayItem()
  const { title, subtitle } = cardWords(item, isContinuing)
  const areCopiesAway = useCopiesAway()
  const copies = areCopiesAway ? [] : item.kept
  const kept = keptBadge(copies)
  const watched = watchedShare(item)
  const { data: sources } = useCall('library.getSources', {})
  const source = sources?.find(({ sourceId }) => sourceId === item.sourceId)
  const isPlayable = item.type === 'movie' || item.type === 'episode'
  const isAway = isPlayable && source?.connection === 'offline' && copies.length === 0
  const said = [
    item.isWatched ? t('card.watched') : null,
    watched === null ? null : t('card.begun', { percent: Math.round(watched * 100) }),
    item.unwatchedCount !== null && item.unwatchedCount > 0
      ? t('card.unwatched', { count: item.unwatchedCount })
      : null,
    kept === null ? null : t('card.kept', { kept }),
    isAway ? t('unavailable.source-unreachable') : null,
  ]
  return (
    <Card
      href={itemPath(item)}
      shape={shape}
      title={title}
      subtitle={subtitle}
      said={said.filter((part) => part !== null).join(', ')}
      artPath={shape === 'wide' ? (item.artUrl ?? item.posterUrl) : item.posterUrl}
      kept={kept}
      keptPart={showsParts && kept === null && copies.length > 0 ? t('card.part') : null}
      watched={watched}
      isAway={isAway}
      isWatched={item.isWatched && isPlayable}
      count={isPlayable ? null : item.unwatchedCount}
      onPlay={isPlayable ? () => play(item) : undefined}
      playLabel={t('card.play', { title })}
      linkProps={{ ...linkProps, 'data-focus-id': focusIdOf(item) } as ComponentProps<'a'>}
      {...rest}
    />
  )
}
