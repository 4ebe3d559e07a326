import { Check, Play } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import type { ItemSummary } from '../../../src-preload/contract/index.ts'
import { formatDuration } from '../../lib/format/duration.ts'
import { itemPath } from '../../lib/items/item-paths.ts'
import { useCopiesAway } from '../../lib/items/copies-away.ts'
import { keptBadge, watchedShare } from '../../lib/items/item-words.ts'
import { usePlayItem } from '../../lib/items/use-play-item.ts'
import { useCall } from '../../lib/rpc/index.ts'
import { Art } from '../../ui/art.tsx'
import { IconButton } from '../../ui/button.tsx'
import { ProgressBar } from '../../ui/progress-bar.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { ErrorState } from '../../ui/states.tsx'
import styles from './episode-list.module.css'

/** The episodes of a season, one line each. */
export function EpisodeList({
  season,
}: {
  readonly season: Pick<ItemSummary, 'sourceId' | 'ratingKey'>
}): ReactNode {
  const { data, error, refetch } = useCall('library.getChildren', {
    sourceId: season.sourceId,
    ratingKey: season.ratingKey,
  })
  if (data === undefined && error !== null) {
    return <ErrorState isInline error={error} where="library.getChildren" onRetry={() => void refetch()} />
  }
  if (data === undefined) return <Skeleton className={styles['waiting']} />
  return (
    <ol className={styles['list']}>
      {data.map((episode) => (
        <Episode key={episode.ratingKey} episode={episode} />
      ))}
    </ol>
  )
}

function Episode({ episode }: { readonly episode: ItemSummary }): ReactNode {
  const { t } = useTranslation()
  const play = usePlayItem()
  const areCopiesAway = useCopiesAway()
  const kept = areCopiesAway ? null : keptBadge(episode.kept)
  const watched = watchedShare(episode)
  const left =
    episode.positionMs !== null && episode.durationMs !== null
      ? t('left', { time: formatDuration(episode.durationMs - episode.positionMs) })
      : null
  return (
    <li className={styles['episode']}>
      <Link
        href={itemPath(episode)}
        className={styles['link']}
        data-focus-id={`${episode.sourceId}/${episode.ratingKey}`}
      >
        <div className={styles['frame']}>
          <Art
            path={episode.artUrl ?? episode.posterUrl}
            title=""
            width={144}
            height={81}
            className={styles['art']}
          />
          {watched !== null && (
            <div data-theme="dark">
              <ProgressBar meaning="watched" share={watched} className={styles['progress']} />
            </div>
          )}
        </div>
        <span className={styles['number']}>{episode.index ?? ''}</span>
        <span className={styles['words']}>
          <span dir="auto" className={styles['title']}>
            {episode.title}
          </span>
          <span className={styles['detail']}>
            {episode.durationMs !== null && formatDuration(episode.durationMs)}
            {left !== null && ` · ${left}`}
            {episode.isWatched && (
              <span className={styles['seen']}>
                <Check size={13} aria-hidden /> {t('card.watched')}
              </span>
            )}
          </span>
        </span>
        {kept !== null && (
          <span className={styles['kept']}>
            <Check size={13} strokeWidth={2.5} aria-hidden />
            <span className="said-only">{t('quality.ready')}: </span>
            {kept}
          </span>
        )}
      </Link>
      <IconButton
        label={t('card.play', { title: episode.title })}
        tooltip="none"
        icon={<Play size={16} fill="currentColor" />}
        className={styles['play']}
        onClick={() => play(episode)}
      />
    </li>
  )
}
