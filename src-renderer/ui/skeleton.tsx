import clsx from 'clsx'
import type { CSSProperties, ReactNode } from 'react'
import styles from './skeleton.module.css'

/** A grey shape with the size of what is coming. */
export function Skeleton({
  className,
  style,
}: {
  readonly className?: string | undefined
  readonly style?: CSSProperties
}): ReactNode {
  return <div aria-hidden className={clsx(styles['skeleton'], className)} style={style} />
}
