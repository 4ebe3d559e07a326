import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Item } from '../../../src-preload/contract/index.ts'
import { itemPath } from '../../lib/items/item-paths.ts'
import { useCall } from '../../lib/rpc/index.ts'
import { Button } from '../../ui/button.tsx'
import styles from './details.module.css'
import { EpisodeList } from './episode-list.tsx'
import { Hero } from './hero.tsx'
import { NextEpisode } from './next-episode.tsx'
import { useSetWatched } from './use-set-watched.ts'

export function SeasonDetails({ item }: { readonly item: Item }): ReactNode {
  const { t } = useTranslation()
  const { sourceId, ratingKey, showRatingKey } = item
  const episodes = useCall('library.getChildren', { sourceId, ratingKey })
  const setWatched = useSetWatched(item)
  return (
    <article className={styles['page']}>
      <Hero
        item={item}
        parent={
          showRatingKey === null
            ? null
            : {
                href: itemPath({ sourceId, ratingKey: showRatingKey }),
                title: item.showTitle ?? '',
                note: null,
              }
        }
        facts={[
          item.year === null ? null : String(item.year),
          episodes.data === undefined ? null : t('item.episodeCount', { count: episodes.data.length }),
        ]}
      >
        <div className={styles['actions']}>
          <NextEpisode season={item} />
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
        <EpisodeList season={item} />
      </section>
    </article>
  )
}
