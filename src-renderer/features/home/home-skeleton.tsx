import type { ReactNode } from 'react'
import { Skeleton } from '../../ui/skeleton.tsx'
import styles from './home-skeleton.module.css'

const rows = ['wide', 'poster', 'poster'] as const
const cards = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]

/** The rows before they are known: same sizes, nothing in them. */
export function HomeSkeleton(): ReactNode {
  return (
    <div className={styles['page']} aria-busy>
      {rows.map((shape, row) => (
        <div key={row} className={styles['row']}>
          <Skeleton className={styles['title']} />
          <div className={styles['cards']}>
            {cards.slice(0, shape === 'wide' ? 6 : 10).map((card) => (
              <div key={card} className={styles[shape]}>
                <Skeleton className={styles['art']} />
                <Skeleton className={styles['line']} />
              </div>
            ))}
          </div>
        </div>
      ))}
    </div>
  )
}
