import clsx from 'clsx'
import { ChevronDown } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CacheKey, Item, MediaVersion } from '../../../src-preload/contract/index.ts'
import { isShownAtOnce } from '../../lib/items/play-plan.ts'
import type { ShelfRow as Row } from '../../lib/items/shelf.ts'
import { useCall } from '../../lib/rpc/index.ts'
import details from './details.module.css'
import styles from './quality-shelf.module.css'
import { ShelfRow } from './shelf-row.tsx'

const isOfRow = (key: CacheKey, version: MediaVersion, { option }: Row): boolean =>
  key.quality === option.quality && version.parts.some(({ mediaId }) => mediaId === key.mediaId)

/** What this computer holds of a version, and what the server offers: one row per quality, with what can be done about it. */
export function QualityShelf({
  item,
  version,
  rows,
}: {
  readonly item: Item
  readonly version: MediaVersion
  readonly rows: readonly Row[]
}): ReactNode {
  const { t } = useTranslation()
  const [showsAll, setShowsAll] = useState(false)
  const { data: stats } = useCall('cache.getStats', {})
  const { data: downloads } = useCall('cache.getDownloads', {})
  const { data: sources } = useCall('library.getSources', {})
  const source = sources?.find(({ sourceId }) => sourceId === item.sourceId) ?? null
  const shown = showsAll ? rows : rows.filter((row) => isShownAtOnce(row.option))
  const folded = rows.length - shown.length
  const job = stats?.job ?? null
  const isOfVersion = job !== null && version.parts.some((part) => part.mediaId === job.key.mediaId)
  return (
    <section aria-labelledby="shelf-title" className={details['section']}>
      <h2 id="shelf-title" className={details['heading']}>
        {t('shelf.title')} <small>{t('shelf.subtitle')}</small>
      </h2>
      <div className={styles['panel']}>
        <table className={styles['table']} aria-labelledby="shelf-title">
          <thead className="said-only">
            <tr>
              <th scope="col">{t('shelf.quality')}</th>
              <th scope="col">{t('shelf.outcome')}</th>
              <th scope="col">{t('shelf.share')}</th>
              <th scope="col">{t('shelf.size')}</th>
              <th scope="col">{t('shelf.actions')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <ShelfRow
                key={row.option.quality}
                item={item}
                version={version}
                row={row}
                source={source}
                download={downloads?.find(({ key }) => isOfRow(key, version, row)) ?? null}
                job={isOfVersion && job.key.quality === row.option.quality ? job : null}
              />
            ))}
          </tbody>
        </table>
        {(folded > 0 || showsAll) && (
          <button
            type="button"
            className={styles['more']}
            aria-expanded={showsAll}
            onClick={() => setShowsAll(!showsAll)}
          >
            {showsAll ? t('shelf.fewer') : t('shelf.more', { count: folded })}
            <ChevronDown size={16} aria-hidden className={clsx(showsAll && styles['turned'])} />
          </button>
        )}
      </div>
    </section>
  )
}
