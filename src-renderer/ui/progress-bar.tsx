import clsx from 'clsx'
import type { ReactNode } from 'react'
import styles from './progress-bar.module.css'

export interface ProgressBarProps {
  /** 0–1. */
  readonly share: number
  /** `here`: what this computer holds (teal). `watched`: how far a person got (amber). */
  readonly meaning: 'here' | 'watched'
  /** Its name and value in words; without it the bar is decoration beside the same words. */
  readonly label?: string
  readonly className?: string | undefined
}

export function ProgressBar({ share, meaning, label, className }: ProgressBarProps): ReactNode {
  const percent = Math.round(Math.min(1, Math.max(0, share)) * 1000) / 10
  const semantics =
    label === undefined
      ? { 'aria-hidden': true }
      : {
          role: 'meter',
          'aria-label': label,
          'aria-valuemin': 0,
          'aria-valuemax': 100,
          'aria-valuenow': Math.round(percent),
        }
  return (
    <div {...semantics} className={clsx(styles['bar'], styles[meaning], className)}>
      <div className={styles['fill']} style={{ inlineSize: `${percent}%` }} />
    </div>
  )
}
