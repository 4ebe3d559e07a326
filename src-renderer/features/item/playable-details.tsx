import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Item } from '../../../src-preload/contract/index.ts'
import { formatDuration } from '../../lib/format/duration.ts'
import { itemPath } from '../../lib/items/item-paths.ts'
import { episodeNumber } from '../../lib/items/item-words.ts'
import { type QualityChoice } from '../../lib/items/play-plan.ts'
import { shelfOf } from '../../lib/items/shelf.ts'
import { Chapters } from './chapters.tsx'
import { Hero } from './hero.tsx'
import { ItemActions } from './item-actions.tsx'
import { People } from './people.tsx'
import styles from './details.module.css'
import { QualityShelf } from './quality-shelf.tsx'
import { TrackFacts } from './track-facts.tsx'

/** A film or an episode: play it, choose how, keep it. */
export function PlayableDetails({ item }: { readonly item: Item }): ReactNode {
  const { t } = useTranslation()
  const [versionId, setVersionId] = useState<string | null>(null)
  const [choice, setChoice] = useState<QualityChoice>('automatic')
  const version = item.versions.find((each) => each.versionId === versionId) ?? item.versions[0]
  const isEpisode = item.type === 'episode'
  const parent =
    isEpisode && item.showRatingKey !== null
      ? {
          href: itemPath({ sourceId: item.sourceId, ratingKey: item.showRatingKey }),
          title: item.showTitle ?? '',
          note: episodeNumber(item),
        }
      : null
  return (
    <article className={styles['page']}>
      <Hero
        item={item}
        parent={parent}
        facts={[
          item.year === null ? null : String(item.year),
          item.durationMs === null ? null : formatDuration(item.durationMs),
          item.contentRating,
          item.genres.slice(0, 3).join(', '),
        ]}
        rating={item.rating}
      >
        {version === undefined ? (
          <p className={styles['note']}>{t('item.noVersions')}</p>
        ) : (
          <>
            <ItemActions item={item} version={version} choice={choice} onChoose={setChoice} />
            <TrackFacts item={item} version={version} choice={choice} onVersion={setVersionId} />
          </>
        )}
      </Hero>
      {version !== undefined && <QualityShelf item={item} version={version} rows={shelfOf(version)} />}
      {version !== undefined && item.chapters.length > 1 && <Chapters item={item} version={version} />}
      <People item={item} />
    </article>
  )
}
