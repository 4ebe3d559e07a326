/** Where a key leads in a row of `count`; null when it is not a key of the row or the row ends there. */
export function moveInRow(key: string, current: number, count: number, isMirrored: boolean): number | null {
  const forward = isMirrored ? 'ArrowLeft' : 'ArrowRight'
  const back = isMirrored ? 'ArrowRight' : 'ArrowLeft'
  const next =
    key === forward
      ? current + 1
      : key === back
        ? current - 1
        : key === 'Home'
          ? 0
          : key === 'End'
            ? count - 1
            : null
  return next === null || next < 0 || next >= count ? null : next
}

const middle = (element: Element): number => {
  const box = element.getBoundingClientRect()
  return box.left + box.width / 2
}

/** Moves focus from the row it is in to the nearest visible card of the row above or below. False at the first and last row. */
export function moveToRow(row: HTMLElement, step: 1 | -1): boolean {
  const rows = [...(row.closest('main') ?? document).querySelectorAll<HTMLElement>('[data-row]')]
  const target = rows[rows.indexOf(row) + step]
  const focused = document.activeElement
  if (target === undefined || focused === null) return false
  const from = middle(focused)
  const bounds = target.getBoundingClientRect()
  const visible = [...target.children].filter((cell) => {
    const at = middle(cell)
    return at >= bounds.left && at <= bounds.right
  })
  const nearest = visible.reduce<Element | undefined>(
    (best, cell) =>
      best === undefined || Math.abs(middle(cell) - from) < Math.abs(middle(best) - from) ? cell : best,
    undefined,
  )
  const stop = nearest?.querySelector<HTMLElement>('a, button')
  if (stop === null || stop === undefined) return false
  stop.focus()
  stop.scrollIntoView({ block: 'nearest' })
  return true
}
