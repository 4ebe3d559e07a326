import { ChevronLeft, ChevronRight } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from './button.tsx'
import { moveInRow, moveToRow } from './row-keys.ts'
import styles from './row.module.css'

export interface RowProps<Item> {
  readonly title: string
  readonly subtitle?: ReactNode
  readonly shape: 'poster' | 'wide' | 'auto'
  readonly items: readonly Item[]
  readonly keyOf: (item: Item) => string
  /** One card; `tabIndex` goes onto its link or button. */
  readonly renderCard: (item: Item, tabIndex: number, index: number) => ReactNode
}

/** A shelf that scrolls sideways. One tab stop; arrow keys move along it and to the rows above and below. */
export function Row<Item>({ title, subtitle, shape, items, keyOf, renderCard }: RowProps<Item>): ReactNode {
  const { t } = useTranslation()
  const id = useId()
  const list = useRef<HTMLUListElement>(null)
  const [current, setCurrent] = useState(0)
  const [edges, setEdges] = useState({ isAtStart: true, isAtEnd: true })

  useEffect(() => {
    const element = list.current
    if (element === null) return undefined
    const look = (): void => {
      // Negative in right-to-left pages.
      const from = Math.abs(element.scrollLeft)
      const isAtStart = from < 2
      const isAtEnd = from + element.clientWidth > element.scrollWidth - 2
      setEdges((was) =>
        was.isAtStart === isAtStart && was.isAtEnd === isAtEnd ? was : { isAtStart, isAtEnd },
      )
    }
    look()
    element.addEventListener('scroll', look, { passive: true })
    const sizes = new ResizeObserver(look)
    sizes.observe(element)
    return () => {
      element.removeEventListener('scroll', look)
      sizes.disconnect()
    }
  }, [items.length])

  const page = (direction: 1 | -1): void => {
    const element = list.current
    if (element === null) return
    const sign = getComputedStyle(element).direction === 'rtl' ? -1 : 1
    element.scrollBy({ left: direction * sign * element.clientWidth * 0.85, behavior: 'smooth' })
  }

  const onKeyDown = (event: KeyboardEvent<HTMLUListElement>): void => {
    const element = list.current
    if (element === null || event.altKey || event.ctrlKey || event.metaKey) return
    const isMirrored = getComputedStyle(element).direction === 'rtl'
    const next = moveInRow(event.key, current, items.length, isMirrored)
    if (next !== null) {
      event.preventDefault()
      element.children[next]?.querySelector<HTMLElement>('a, button')?.focus()
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (moveToRow(element, event.key === 'ArrowDown' ? 1 : -1)) event.preventDefault()
    }
  }

  const stop = Math.min(current, Math.max(0, items.length - 1))
  const isScrollable = !(edges.isAtStart && edges.isAtEnd)
  return (
    <section aria-labelledby={id} className={styles['row']}>
      <header className={styles['header']}>
        <div className={styles['words']}>
          <h2 id={id} className={styles['title']}>
            {title}
          </h2>
          {subtitle !== undefined && subtitle !== null && (
            <span className={styles['subtitle']}>{subtitle}</span>
          )}
        </div>
        {isScrollable && (
          <div className={styles['arrows']}>
            <IconButton
              size="small"
              tooltip="none"
              label={t('rowBack', { title })}
              icon={<ChevronLeft size={18} className={styles['mirrored']} />}
              tabIndex={-1}
              disabled={edges.isAtStart}
              onClick={() => page(-1)}
            />
            <IconButton
              size="small"
              tooltip="none"
              label={t('rowForward', { title })}
              icon={<ChevronRight size={18} className={styles['mirrored']} />}
              tabIndex={-1}
              disabled={edges.isAtEnd}
              onClick={() => page(1)}
            />
          </div>
        )}
      </header>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys move between the links inside */}
      <ul ref={list} data-row className={styles['list']} data-shape={shape} onKeyDown={onKeyDown}>
        {items.map((item, index) => (
          <li key={keyOf(item)} className={styles['cell']} onFocus={() => setCurrent(index)}>
            {renderCard(item, index === stop ? 0 : -1, index)}
          </li>
        ))}
      </ul>
    </section>
  )
}
