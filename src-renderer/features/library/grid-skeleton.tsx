import type { ReactNode } from 'react'
import { Skeleton } from '../../ui/skeleton.tsx'
import styles from './grid-skeleton.module.css'

const cards = Array.from({ length: 21 }, (_, index) => index)

/** A screenful of posters before they are known. */
export function GridSkeleton(): ReactNode {
  return (
    <div className={styles['grid']} aria-busy>
      {cards.map((card) => (
        <div key={card}>
          <Skeleton className={styles['art']} />
          <Skeleton className={styles['line']} />
        </div>
      ))}
    </div>
  )
}
