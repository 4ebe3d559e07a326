import type { ReactNode } from 'react'
import { Skeleton } from '../../ui/skeleton.tsx'
import styles from './item-skeleton.module.css'

/** A title's page before it is known. */
export function ItemSkeleton(): ReactNode {
  return (
    <div className={styles['hero']} aria-busy>
      <Skeleton className={styles['poster']} />
      <div className={styles['words']}>
        <Skeleton style={{ inlineSize: '46%', blockSize: 40 }} />
        <Skeleton style={{ inlineSize: '34%', blockSize: 16 }} />
        <Skeleton style={{ inlineSize: '72%', blockSize: 44 }} />
        <Skeleton style={{ inlineSize: '60%', blockSize: 40 }} />
      </div>
    </div>
  )
}
