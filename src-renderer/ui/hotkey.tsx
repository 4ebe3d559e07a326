import type { ReactNode } from 'react'
import styles from './hotkey.module.css'

/** A key cap. */
export function Hotkey({ children }: { readonly children: ReactNode }): ReactNode {
  return <kbd className={styles['hotkey']}>{children}</kbd>
}
