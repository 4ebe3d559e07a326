import { Slider as Base } from '@base-ui/react/slider'
import clsx from 'clsx'
import type { ReactNode } from 'react'
import styles from './slider.module.css'

export interface SliderProps {
  readonly label: string
  readonly value: number
  readonly min: number
  readonly max: number
  readonly step?: number
  readonly onChange: (value: number) => void
  /** When the thumb is let go. */
  readonly onCommit?: (value: number) => void
  /** The value in words, for those who listen. */
  readonly say?: (value: number) => string
  readonly isDisabled?: boolean
  readonly className?: string
}

export function Slider({
  label,
  value,
  min,
  max,
  step = 1,
  onChange,
  onCommit,
  say,
  isDisabled = false,
  className,
}: SliderProps): ReactNode {
  return (
    <Base.Root
      className={clsx(styles['root'], className)}
      value={value}
      min={min}
      max={max}
      step={step}
      disabled={isDisabled}
      thumbAlignment="edge-client-only"
      onValueChange={(next) => onChange(next)}
      onValueCommitted={(next) => onCommit?.(next)}
    >
      <Base.Control className={styles['control']}>
        <Base.Track className={styles['track']}>
          <Base.Indicator className={styles['indicator']} />
          <Base.Thumb
            className={styles['thumb']}
            aria-label={label}
            {...(say === undefined ? {} : { getAriaValueText: (_: string, at: number) => say(at) })}
          />
        </Base.Track>
      </Base.Control>
    </Base.Root>
  )
}
