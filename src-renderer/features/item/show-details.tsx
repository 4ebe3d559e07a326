import { Check } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Item, ItemSummary } from '../../../src-preload/contract/index.ts'
import { useCall } from '../../lib/rpc/index.ts'
import { Button } from '../../ui/button.tsx'
import { Chip } from '../../ui/chip.tsx'
import { ErrorState } from '../../ui/states.tsx'
import styles from './details.module.css'
import { EpisodeList } from './episode-list.tsx'
import { Hero } from './hero.tsx'
import { NextEpisode } from './next-episode.tsx'
import { People } from './people.tsx'
import { useSetWatched } from './use-set-watched.ts'

/** The season somebody is in: the first with something left to watch. */
const currentSeason = (seasons: readonly ItemSummary[]): ItemSummary | undefined =>
  seasons.find((season) => (season.unwatchedCount ?? 0) > 0 && season.index !== 0) ?? seasons[0]

/** A show: its seasons as chips, the chosen one's episodes below. */
export function ShowDetails({ item }: { readonly item: Item }): ReactNode {
  const { t } = useTranslation()
  const { sourceId, ratingKey } = item
  const seasons = useCall('library.getChildren', { sourceId, ratingKey })
  const [chosen, setChosen] = useState<string | null>(null)
  const setWatched = useSetWatched(item)
  const season = seasons.data?.find((each) => each.ratingKey === chosen) ?? currentSeason(seasons.data ?? [])
  return (
    <article className={styles['page']}>
      <Hero
        item={item}
        facts={[
          item.year === null ? null : String(item.year),
          seasons.data === undefined ? null : t('item.seasons', { count: seasons.data.length }),
          item.contentRating,
          item.genres.slice(0, 3).join(', '),
        ]}
        rating={item.rating}
      >
        <div className={styles['actions']}>
          {season !== undefined && <NextEpisode season={season} />}
          <Button
            icon={<Check size={16} aria-hidden />}
            aria-pressed={item.isWatched}
            onClick={() => setWatched(!item.isWatched)}
          >
            {item.isWatched ? t('item.watched') : t('item.markWatched')}
          </Button>
        </div>
      </Hero>
      <section aria-labelledby="episodes-title" className={styles['section']}>
        <h2 id="episodes-title" className={styles['heading']}>
          {t('item.episodes')}
        </h2>
        {seasons.error !== null && seasons.data === undefined && (
          <ErrorState
            isInline
            error={seasons.error}
            where="library.getChildren"
            onRetry={() => void seasons.refetch()}
          />
        )}
        {seasons.data !== undefined && seasons.data.length > 1 && (
          <div className={styles['seasons']} role="group" aria-label={t('item.chooseSeason')}>
            {seasons.data.map((each) => (
              <Chip
                key={each.ratingKey}
                isOn={each.ratingKey === season?.ratingKey}
                data-focus-id={`season ${each.ratingKey}`}
                onClick={() => setChosen(each.ratingKey)}
              >
                {each.title}
              </Chip>
            ))}
          </div>
        )}
        {season !== undefined && <EpisodeList season={season} />}
      </section>
      <People item={item} />
    </article>
  )
}
