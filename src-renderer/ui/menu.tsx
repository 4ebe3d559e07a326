import { Menu as Base } from '@base-ui/react/menu'
import clsx from 'clsx'
import { Check } from 'lucide-react'
import type { ReactElement, ReactNode } from 'react'
import { HonestFocusGuards } from './focus-guards.tsx'
import styles from './menu.module.css'
import { ProgressBar } from './progress-bar.tsx'

/** Looked up when a menu opens: what floats belongs to the page's main landmark, as its button does. */
const insideMain = {
  get current() {
    return document.querySelector<HTMLElement>('main')
  },
}

export interface MenuProps {
  /** The button that opens it. */
  readonly trigger: ReactElement<Record<string, unknown>>
  readonly align?: 'start' | 'center' | 'end'
  readonly side?: 'top' | 'bottom'
  readonly children: ReactNode
}

export function Menu({ trigger, align = 'start', side = 'bottom', children }: MenuProps): ReactNode {
  return (
    <Base.Root modal={false}>
      <Base.Trigger render={trigger} />
      <Base.Portal container={insideMain}>
        <Base.Positioner
          align={align}
          side={side}
          sideOffset={6}
          collisionPadding={12}
          className={styles['positioner']}
        >
          <Base.Popup className={styles['popup']}>
            <HonestFocusGuards />
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

interface RowProps {
  readonly icon?: ReactNode
  /** Second line: what it means or why it cannot be chosen. */
  readonly detail?: ReactNode
  /** At the end of the row. */
  readonly note?: ReactNode
  /** All of it is on this computer: the note says so in the colour of "here". */
  readonly isHere?: boolean
  /** 0–1: how much of it is on this computer. */
  readonly share?: number | null
  readonly isDisabled?: boolean
  readonly children: ReactNode
}

function Row({
  icon,
  detail,
  note,
  isHere = false,
  share = null,
  children,
}: Omit<RowProps, 'isDisabled'>): ReactNode {
  return (
    <>
      {icon !== undefined && <span className={styles['icon']}>{icon}</span>}
      <span className={styles['text']}>
        <span className={styles['label']}>{children}</span>
        {detail !== undefined && detail !== null && <span className={styles['detail']}>{detail}</span>}
        {share !== null && <ProgressBar share={share} meaning="here" className={styles['bar']} />}
      </span>
      {note !== undefined && note !== null && (
        <span className={clsx(styles['note'], isHere && styles['here'])}>
          {isHere && <Check size={13} strokeWidth={2.5} aria-hidden />}
          {note}
        </span>
      )}
    </>
  )
}

export function MenuItem({
  onSelect,
  isDisabled = false,
  isDanger = false,
  ...row
}: RowProps & { readonly onSelect: () => void; readonly isDanger?: boolean }): ReactNode {
  return (
    <Base.Item
      className={styles['item']}
      disabled={isDisabled}
      onClick={onSelect}
      {...(isDanger ? { 'data-danger': '' } : {})}
    >
      <Row {...row} />
    </Base.Item>
  )
}

/** Rows of which one is chosen. The label heads them. */
export function MenuChoice<Value extends string>({
  label,
  value,
  onChange,
  children,
}: {
  readonly label?: string
  readonly value: Value
  readonly onChange: (value: Value) => void
  readonly children: ReactNode
}): ReactNode {
  return (
    <Base.RadioGroup value={value} onValueChange={(next: Value) => onChange(next)}>
      {label !== undefined && (
        <Base.Group>
          <Base.GroupLabel className={styles['heading']}>{label}</Base.GroupLabel>
        </Base.Group>
      )}
      {children}
    </Base.RadioGroup>
  )
}

export function MenuOption({
  value,
  isDisabled = false,
  ...row
}: RowProps & { readonly value: string }): ReactNode {
  return (
    <Base.RadioItem value={value} disabled={isDisabled} closeOnClick className={styles['item']}>
      <span className={styles['icon']}>
        <Base.RadioItemIndicator className={styles['check']}>
          <Check size={16} aria-hidden />
        </Base.RadioItemIndicator>
      </span>
      <Row {...row} />
    </Base.RadioItem>
  )
}

export function MenuGroup({
  label,
  children,
}: {
  readonly label: string
  readonly children: ReactNode
}): ReactNode {
  return (
    <Base.Group>
      <Base.GroupLabel className={styles['heading']}>{label}</Base.GroupLabel>
      {children}
    </Base.Group>
  )
}

export function MenuSeparator(): ReactNode {
  return <Base.Separator className={styles['separator']} />
}
