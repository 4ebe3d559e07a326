import clsx from 'clsx'
import { Check } from 'lucide-react'
import {
  type CSSProperties,
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { textScale } from '../../lib/text-scale.ts'
import { ProgressBar } from '../../ui/progress-bar.tsx'
import { ControlButton, type ControlButtonProps } from './control-button.tsx'
import styles from './popup-menu.module.css'

export interface PopupMenuProps {
  readonly isOpen: boolean
  readonly onOpen: () => void
  readonly onClose: () => void
  readonly title: string
  /** Beside the title. */
  readonly aside?: string | null
  readonly button: ControlButtonProps
  readonly width?: number
  /** `MenuRow`s, in `MenuSection`s or alone. */
  readonly children: ReactNode
}

/** A menu that opens above its button and above the seek bar. Its rows take the focus one at a time. */
export function PopupMenu({
  isOpen,
  onOpen,
  onClose,
  title,
  aside,
  button,
  width,
  children,
}: PopupMenuProps): ReactNode {
  const anchor = useRef<HTMLDivElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const cameFrom = useRef<Element | null>(null)
  const titleId = useId()
  const shift = useShift(anchor, isOpen, width ?? 260)

  const close = (): void => {
    onClose()
    // Back to where the focus was. A menu that a key opened leaves it nowhere, or the controls would never hide again.
    if (cameFrom.current instanceof HTMLElement && cameFrom.current !== document.body)
      cameFrom.current.focus({ preventScroll: true })
  }

  useEffect(() => {
    if (!isOpen) return undefined
    cameFrom.current = document.activeElement
    const rows = rowsOf(list.current)
    const first = rows.find((row) => row.getAttribute('aria-checked') === 'true') ?? rows[0]
    first?.focus({ preventScroll: true })
    first?.scrollIntoView({ block: 'nearest' })
    const onPointerDown = (event: PointerEvent): void => {
      if (event.target instanceof Node && anchor.current?.contains(event.target) !== true) onClose()
    }
    document.addEventListener('pointerdown', onPointerDown, { capture: true })
    return () => document.removeEventListener('pointerdown', onPointerDown, { capture: true })
    // Only at opening: rows come and go while the menu is open, and the focus stays where the person put it.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [isOpen])

  const onKeyDown = (event: KeyboardEvent): void => {
    const rows = rowsOf(list.current)
    const at = rows.indexOf(document.activeElement as HTMLElement)
    const go = (to: number): void => rows[(to + rows.length) % rows.length]?.focus()
    switch (event.key) {
      case 'ArrowDown':
        go(at + 1)
        break
      case 'ArrowUp':
        go(at === -1 ? rows.length - 1 : at - 1)
        break
      case 'Home':
        go(0)
        break
      case 'End':
        go(rows.length - 1)
        break
      case 'Enter':
      case ' ':
        if (document.activeElement instanceof HTMLElement) document.activeElement.click()
        break
      case 'Escape':
        close()
        break
      case 'Tab':
        onClose()
        return
      default:
        return
    }
    event.preventDefault()
    event.stopPropagation()
  }

  return (
    <div ref={anchor} className={styles['anchor']}>
      <ControlButton
        {...button}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={() => (isOpen ? close() : onOpen())}
      />
      {isOpen && (
        <div
          className={styles['popup']}
          style={
            { '--menu-width': `${(width ?? 260) / 16}rem`, '--menu-shift': `${shift}px` } as CSSProperties
          }
        >
          <div className={styles['header']}>
            <h2 id={titleId} className={styles['title']}>
              {title}
            </h2>
            {aside != null && <span className={styles['aside']}>{aside}</span>}
          </div>
          <div
            ref={list}
            role="menu"
            tabIndex={-1}
            aria-labelledby={titleId}
            className={styles['list']}
            onKeyDown={onKeyDown}
          >
            {children}
          </div>
        </div>
      )}
    </div>
  )
}

const rowsOf = (list: HTMLElement | null): HTMLElement[] => [
  ...(list?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? []),
]

/** How far from its button's middle the popup begins, so that it is centred on the button and stays within the window. */
function useShift(
  anchor: { readonly current: HTMLElement | null },
  isOpen: boolean,
  usualWidth: number,
): number {
  const [shift, setShift] = useState(-usualWidth / 2)
  useLayoutEffect(() => {
    if (!isOpen) return undefined
    const place = (): void => {
      const box = anchor.current?.getBoundingClientRect()
      if (box === undefined) return
      const width = Math.min(usualWidth * textScale(), window.innerWidth - 32)
      const middle = box.left + box.width / 2
      const margin = 40
      const left = Math.min(middle - width / 2, window.innerWidth - margin - width)
      setShift(Math.max(16, left) - middle)
    }
    place()
    window.addEventListener('resize', place)
    return () => window.removeEventListener('resize', place)
  }, [anchor, isOpen, usualWidth])
  return shift
}

export function MenuSection({
  title,
  children,
}: {
  readonly title: string | null
  readonly children: ReactNode
}): ReactNode {
  const id = useId()
  if (title === null) return children
  return (
    <div role="group" aria-labelledby={id}>
      <div id={id} role="presentation" className={styles['heading']}>
        {title}
      </div>
      {children}
    </div>
  )
}

export interface MenuRowProps {
  readonly label: string
  readonly detail?: string | null
  readonly note?: string | null
  /** The note says that all of it is on this computer. */
  readonly isHere?: boolean
  /** 0–1: how much of it is on this computer. */
  readonly share?: number | null
  readonly isChecked: boolean
  readonly isPlaying?: boolean
  readonly isDisabled?: boolean
  /** Can be chosen, and may come to nothing. */
  readonly isDoubtful?: boolean
  readonly onChoose: () => void
}

/** One choice. A row that cannot be chosen can be reached, so that its reason is heard too. */
export function MenuRow({
  label,
  detail,
  note,
  isHere = false,
  share,
  isChecked,
  isPlaying = false,
  isDisabled = false,
  isDoubtful = false,
  onChoose,
}: MenuRowProps): ReactNode {
  return (
    <div
      role="menuitemradio"
      aria-checked={isChecked}
      aria-disabled={isDisabled}
      tabIndex={-1}
      className={clsx(
        styles['item'],
        isPlaying && !isChecked && styles['playing'],
        isDoubtful && styles['doubtful'],
      )}
      onClick={() => {
        if (!isDisabled) onChoose()
      }}
    >
      <span aria-hidden className={styles['mark']} />
      <span className={styles['label']}>{label}</span>
      {note != null && (
        <span className={clsx(styles['note'], isHere && styles['here'])}>
          {isHere && <Check size={13} strokeWidth={2.5} aria-hidden />}
          {note}
        </span>
      )}
      {detail != null && <span className={styles['detail']}>{detail}</span>}
      {share != null && <ProgressBar share={share} meaning="here" className={styles['bar']} />}
    </div>
  )
}

/** Shows or hides further rows. */
export function MenuMore({
  label,
  isExpanded,
  onToggle,
}: {
  readonly label: string
  readonly isExpanded: boolean
  readonly onToggle: () => void
}): ReactNode {
  return (
    <div
      role="menuitem"
      aria-expanded={isExpanded}
      tabIndex={-1}
      className={clsx(styles['item'], styles['more'])}
      onClick={onToggle}
    >
      <span />
      <span className={styles['label']}>{label}</span>
    </div>
  )
}
