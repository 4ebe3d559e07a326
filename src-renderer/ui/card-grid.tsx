import { type ReactNode, useId } from 'react'
import type { ItemSummary } from '../../src-preload/contract/index.ts'
import styles from './card-grid.module.css'
import { ItemCard, focusIdOf } from './item-card.tsx'
import { Skeleton } from './skeleton.tsx'

/** Posters of a list that is at hand in full: search results, what is kept. Each card is a tab stop of its own. */
export function CardGrid({
  title,
  subtitle,
  items,
  showsParts = false,
}: {
  readonly title: string
  readonly subtitle?: string
  readonly items: readonly ItemSummary[]
  readonly showsParts?: boolean
}): ReactNode {
  const id = useId()
  return (
    <section aria-labelledby={id} className={styles['section']}>
      <h2 id={id} className={styles['title']}>
        {title} {subtitle !== undefined && <small className={styles['subtitle']}>{subtitle}</small>}
      </h2>
      <ul className={styles['grid']}>
        {items.map((item) => (
          <li key={focusIdOf(item)}>
            <ItemCard item={item} shape="poster" showsParts={showsParts} />
          </li>
        ))}
      </ul>
    </section>
  )
}

const cards = Array.from({ length: 14 }, (_, index) => index)

export function CardGridSkeleton(): ReactNode {
  return (
    <div className={styles['section']} aria-busy>
      <Skeleton className={styles['title-waiting']} />
      <div className={styles['grid']}>
        {cards.map((card) => (
          <div key={card}>
            <Skeleton className={styles['art']} />
            <Skeleton className={styles['line']} />
          </div>
        ))}
      </div>
    </div>
  )
}
