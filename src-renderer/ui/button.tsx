import clsx from 'clsx'
import type { ComponentProps, ReactNode } from 'react'
import styles from './button.module.css'
import { Tooltip } from './tooltip.tsx'

export interface ButtonProps extends ComponentProps<'button'> {
  /** One `primary` per page: the thing to do here. */
  readonly variant?: 'primary' | 'secondary' | 'quiet' | 'danger'
  readonly size?: 'normal' | 'small'
  readonly icon?: ReactNode
  /** What exactly it will do: "1:12:08 · 720p". */
  readonly note?: ReactNode
}

export function Button({
  variant = 'secondary',
  size = 'normal',
  icon,
  note,
  className,
  children,
  ...rest
}: ButtonProps): ReactNode {
  return (
    <button
      type="button"
      className={clsx(styles['button'], styles[variant], size === 'small' && styles['small'], className)}
      {...rest}
    >
      {icon}
      {children}
      {note !== undefined && note !== null && <span className={styles['note']}>{note}</span>}
    </button>
  )
}

export interface IconButtonProps extends Omit<ButtonProps, 'children' | 'note'> {
  /** Its name, also shown as a tooltip. */
  readonly label: string
  /** The key that does the same, for the tooltip. */
  readonly hotkey?: string
  /** A menu trigger shows no tooltip while its menu is open; pass `none` where the tooltip would be in the way. */
  readonly tooltip?: 'top' | 'bottom' | 'none'
}

export function IconButton({
  label,
  hotkey,
  tooltip = 'bottom',
  variant = 'quiet',
  size = 'normal',
  icon,
  className,
  ...rest
}: IconButtonProps): ReactNode {
  const button = (
    <button
      type="button"
      aria-label={label}
      className={clsx(
        styles['button'],
        styles['square'],
        styles[variant],
        size === 'small' && styles['small'],
        className,
      )}
      {...rest}
    >
      {icon}
    </button>
  )
  if (tooltip === 'none') return button
  return (
    <Tooltip text={label} side={tooltip} {...(hotkey === undefined ? {} : { hotkey })}>
      {button}
    </Tooltip>
  )
}
