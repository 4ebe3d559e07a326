import { type ReactNode, useId } from 'react'
import styles from './settings.module.css'

export function Panel({
  title,
  text,
  children,
}: {
  readonly title: string
  readonly text?: ReactNode
  readonly children: ReactNode
}): ReactNode {
  const id = useId()
  return (
    <section aria-labelledby={id} className={styles['section']}>
      <h2 id={id} className={styles['heading']}>
        {title}
      </h2>
      {text !== undefined && <p className={styles['intro']}>{text}</p>}
      <div className={styles['panel']}>{children}</div>
    </section>
  )
}

/** Name and meaning at the start, the control at the end. */
export function Setting({
  label,
  hint,
  children,
  isStacked = false,
}: {
  readonly label: string
  readonly hint?: ReactNode
  readonly children: ReactNode
  readonly isStacked?: boolean
}): ReactNode {
  return (
    <div className={styles['setting']} data-stacked={isStacked}>
      <div className={styles['words']}>
        <p className={styles['label']}>{label}</p>
        {hint !== undefined && <p className={styles['hint']}>{hint}</p>}
      </div>
      <div className={styles['control']}>{children}</div>
    </div>
  )
}
