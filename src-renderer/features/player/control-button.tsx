import clsx from 'clsx'
import type { ComponentProps, ReactNode } from 'react'
import { Hotkey } from '../../ui/hotkey.tsx'
import styles from './control-button.module.css'

export interface ControlButtonProps extends ComponentProps<'button'> {
  /** Its name and its tip. */
  readonly label: string
  readonly hotkey?: string
  readonly look?: 'plain' | 'chosen' | 'big'
  /** Where the tip goes; `end` for the last button of the bar. */
  readonly tip?: 'above' | 'below' | 'end' | 'none'
}

/** A button of the player: light on any picture, with its key in the tip. */
export function ControlButton({
  label,
  hotkey,
  look = 'plain',
  tip = 'above',
  className,
  children,
  ...rest
}: ControlButtonProps): ReactNode {
  return (
    <button
      type="button"
      aria-label={label}
      className={clsx(
        styles['button'],
        look === 'chosen' && styles['chosen'],
        look === 'big' && styles['big'],
        tip === 'below' && styles['below'],
        tip === 'end' && styles['atEnd'],
        className,
      )}
      // A click is no wish to stay on the button: the keys go on belonging to the film, and the controls may hide.
      onMouseDown={(event) => event.preventDefault()}
      {...rest}
    >
      {children}
      {tip !== 'none' && (
        <span aria-hidden className={styles['tip']}>
          {label}
          {hotkey !== undefined && <Hotkey>{hotkey}</Hotkey>}
        </span>
      )}
    </button>
  )
}
