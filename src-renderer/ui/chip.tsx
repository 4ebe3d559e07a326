import clsx from 'clsx'
import { ChevronDown } from 'lucide-react'
import type { ComponentProps, ReactNode } from 'react'
import styles from './chip.module.css'

export interface ChipProps extends ComponentProps<'button'> {
  /** For filters: whether this one is chosen. */
  readonly isOn?: boolean
  readonly count?: string | null
  /** Opens a menu. */
  readonly hasMenu?: boolean
}

/** A filter or a choice, as a pill. */
export function Chip({ isOn, count, hasMenu = false, className, children, ...rest }: ChipProps): ReactNode {
  return (
    <button
      type="button"
      {...(isOn === undefined ? {} : { 'aria-pressed': isOn })}
      className={clsx(styles['chip'], isOn === true && styles['on'], className)}
      {...rest}
    >
      {children}
      {count !== undefined && count !== null && <span className={styles['count']}>{count}</span>}
      {hasMenu && <ChevronDown size={14} aria-hidden />}
    </button>
  )
}

/** The same pill where there is nothing to choose. */
export function Fact({ children }: { readonly children: ReactNode }): ReactNode {
  return <span className={clsx(styles['chip'], styles['fact'])}>{children}</span>
}
