import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual'
import {
  type KeyboardEvent,
  type ReactNode,
  type Ref,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { findScroller } from '../../lib/scroller.ts'
import { useMedia } from '../../lib/use-media.ts'
import { ItemCard } from '../../ui/item-card.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { moveInGrid } from './grid-keys.ts'
import { textScale } from '../../lib/text-scale.ts'
import { layOutGrid } from './grid-layout.ts'
import styles from './poster-grid.module.css'
import { type GridQuery, useGridItems } from './use-grid-items.ts'

/** What stays above the grid while it scrolls: top bar and filters. */
const barsHeight = 124

export interface PosterGridHandle {
  /** Brings a letter's first title into view and makes it the tab stop. */
  goToLetter(letter: string): Promise<void>
}

export interface PosterGridProps {
  readonly label: string
  readonly query: GridQuery
  readonly total: number
  /** The title at the top of the window, as one scrolls. */
  readonly onTopTitle?: (title: string | null) => void
  readonly findLetter?: (
    letter: string,
    total: number,
    titleAt: (index: number) => Promise<string | null>,
  ) => Promise<number>
  readonly ref?: Ref<PosterGridHandle>
}

/**
 * A library of any size as posters: only the rows in view exist. One tab stop; arrows, Home, End, Page Up and Down move the focus; a letter
 * jumps. The focused cell stays mounted while it is scrolled away.
 */
export function PosterGrid({ label, query, total, onTopTitle, findLetter, ref }: PosterGridProps): ReactNode {
  const host = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  const [offset, setOffset] = useState(0)
  const [current, setCurrent] = useState(0)
  const wantsFocus = useRef(false)
  const isNarrow = useMedia('(width < 900px)')
  const layout = layOutGrid(width, isNarrow ? 124 : 140, textScale())
  const { columns, rowHeight, gap } = layout
  const rows = Math.ceil(total / columns)
  const stop = Math.min(current, Math.max(0, total - 1))

  useLayoutEffect(() => {
    const element = host.current
    const scroller = findScroller()
    if (element === null || scroller === null) return undefined
    const measure = (): void => {
      setWidth(element.clientWidth)
      const top =
        element.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop
      setOffset(Math.round(top))
    }
    measure()
    const sizes = new ResizeObserver(measure)
    sizes.observe(element)
    sizes.observe(scroller)
    return () => sizes.disconnect()
  }, [])

  const virtual = useVirtualizer({
    count: width === 0 ? 0 : rows,
    getScrollElement: findScroller,
    estimateSize: () => rowHeight,
    overscan: 2,
    scrollMargin: offset,
    scrollPaddingStart: barsHeight,
    scrollPaddingEnd: 24,
    rangeExtractor: (range) => {
      const shown = defaultRangeExtractor(range)
      const stopRow = Math.floor(stop / columns)
      return shown.includes(stopRow) || stopRow >= rows ? shown : [...shown, stopRow].sort((a, b) => a - b)
    },
  })
  useLayoutEffect(() => {
    virtual.measure()
  }, [virtual, rowHeight, columns])

  const rowsShown = virtual.getVirtualItems()
  // What is kept mounted for the focus alone does not count as in view.
  const range = virtual.range
  const firstShown = (range?.startIndex ?? 0) * columns
  const lastShown = Math.min(total - 1, ((range?.endIndex ?? 0) + 2) * columns)
  const { itemAt, titleAt } = useGridItems(query, Math.max(0, firstShown - columns), lastShown)

  // The row under the bars, not the one that has slid beneath them.
  const topRow = Math.max(
    0,
    Math.floor(((virtual.scrollOffset ?? 0) + barsHeight - offset + rowHeight / 3) / rowHeight),
  )
  const topTitle = itemAt(Math.min(total - 1, topRow * columns))?.title ?? null
  useLayoutEffect(() => {
    onTopTitle?.(topTitle)
  }, [onTopTitle, topTitle])

  const goTo = (index: number, align: 'auto' | 'start', takesFocus: boolean): void => {
    wantsFocus.current = takesFocus
    setCurrent(index)
    virtual.scrollToIndex(Math.floor(index / columns), { align })
  }
  // The cell to focus may only be mounted after scrolling: its row focuses it when it is there.
  useLayoutEffect(() => {
    if (!wantsFocus.current) return
    const link = host.current?.querySelector<HTMLElement>(`[data-index="${stop}"] a`)
    if (link === null || link === undefined) return
    wantsFocus.current = false
    link.focus({ preventScroll: true })
  })

  const goToLetter = async (letter: string, takesFocus: boolean): Promise<void> => {
    if (findLetter === undefined) return
    const index = await findLetter(letter, total, titleAt)
    goTo(index, 'start', takesFocus)
  }
  useImperativeHandle(ref, () => ({ goToLetter: (letter) => goToLetter(letter, false) }))

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (event.altKey || event.metaKey) return
    const isMirrored = getComputedStyle(event.currentTarget).direction === 'rtl'
    const pageRows = Math.floor(((findScroller()?.clientHeight ?? 0) - barsHeight) / rowHeight)
    const next = moveInGrid(event, stop, { count: total, columns, pageRows, isMirrored })
    if (next !== null) {
      event.preventDefault()
      goTo(next, 'auto', true)
    } else if (!event.ctrlKey && /^[a-z]$/i.test(event.key) && findLetter !== undefined) {
      event.preventDefault()
      void goToLetter(event.key.toUpperCase(), true)
    }
  }

  return (
    <div
      ref={host}
      role="grid"
      aria-label={label}
      aria-rowcount={rows}
      aria-colcount={columns}
      className={styles['grid']}
      style={{ blockSize: virtual.getTotalSize() }}
      onKeyDown={onKeyDown}
    >
      {rowsShown.map((row) => (
        <div
          key={row.key}
          role="row"
          aria-rowindex={row.index + 1}
          className={styles['row']}
          style={{
            transform: `translateY(${row.start - offset}px)`,
            gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
            gap,
          }}
        >
          {Array.from({ length: Math.min(columns, total - row.index * columns) }, (_, column) => {
            const index = row.index * columns + column
            const item = itemAt(index)
            return (
              <div
                key={index}
                role="gridcell"
                aria-colindex={column + 1}
                data-index={index}
                onFocus={() => setCurrent(index)}
              >
                {item === undefined ? (
                  <div className={styles['waiting']}>
                    <Skeleton className={styles['art']} />
                    <Skeleton className={styles['line']} />
                  </div>
                ) : (
                  <ItemCard
                    item={item}
                    shape="poster"
                    tabIndex={index === stop ? 0 : -1}
                    isFirst={index < 24}
                  />
                )}
              </div>
            )
          })}
        </div>
      ))}
    </div>
  )
}
