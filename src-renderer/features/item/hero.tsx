import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import type { Item } from '../../../src-preload/contract/index.ts'
import { pictureUrl } from '../../lib/items/item-paths.ts'
import { Art } from '../../ui/art.tsx'
import styles from './hero.module.css'

export interface HeroProps {
  readonly item: Item
  /** Above the title: the show of an episode. */
  readonly parent?: { readonly href: string; readonly title: string; readonly note: string | null } | null
  /** Year, length, rating: joined by dots. */
  readonly facts: readonly (string | null)[]
  readonly rating?: number | null
  readonly children?: ReactNode
}

/** Backdrop, poster, title and facts; actions go below the summary. */
export function Hero({ item, parent, facts, rating, children }: HeroProps): ReactNode {
  const { t } = useTranslation()
  const isEpisode = item.type === 'episode'
  return (
    <div className={styles['hero']}>
      {item.artUrl !== null && <Backdrop path={item.artUrl} />}
      <Art
        path={item.posterUrl}
        title={item.title}
        width={isEpisode ? 320 : 212}
        height={isEpisode ? 180 : 318}
        isFirst
        className={isEpisode ? styles['still'] : styles['poster']}
      />
      <div className={styles['words']}>
        {parent !== undefined && parent !== null && (
          <p className={styles['parent']}>
            <Link href={parent.href} className={styles['parent-link']}>
              {parent.title}
            </Link>
            {parent.note !== null && <span> · {parent.note}</span>}
          </p>
        )}
        <h1 dir="auto" className={styles['title']}>
          {item.title}
        </h1>
        <p className={styles['facts']}>
          {facts.filter((fact) => fact !== null && fact !== '').join(' · ')}
          {rating !== undefined && rating !== null && (
            <span className={styles['rating']} title={t('item.rating')}>
              <span aria-hidden>★ </span>
              <span className="said-only">{t('item.rating')} </span>
              {rating.toFixed(1)}
            </span>
          )}
        </p>
        <Summary item={item} />
        {children}
      </div>
    </div>
  )
}

function Summary({ item }: { readonly item: Item }): ReactNode {
  if (item.summary === '' && item.tagline === null) return null
  return (
    <div className={styles['summary']}>
      {item.tagline !== null && item.tagline !== '' && <p className={styles['tagline']}>{item.tagline}</p>}
      {item.summary !== '' && <p>{item.summary}</p>}
    </div>
  )
}

function Backdrop({ path }: { readonly path: string }): ReactNode {
  const [isLoaded, setLoaded] = useState(false)
  return (
    <div className={styles['backdrop']} aria-hidden>
      <img
        src={pictureUrl(path, 1280, 720, 1)}
        alt=""
        data-loaded={isLoaded}
        decoding="async"
        onLoad={() => setLoaded(true)}
      />
    </div>
  )
}
