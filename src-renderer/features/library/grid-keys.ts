export interface GridShape {
  readonly count: number
  readonly columns: number
  /** Rows that fit the window: what Page Up and Page Down move by. */
  readonly pageRows: number
  /** Right-to-left page. */
  readonly isMirrored: boolean
}

export interface GridKey {
  readonly key: string
  readonly ctrlKey: boolean
}

/**
 * Where a key leads from cell `index`, after the ARIA grid pattern: Home and End within the row, with Ctrl to the first and last cell;
 * down from the last full row goes to the last cell. Null: not a key of the grid, or nowhere to go.
 */
export function moveInGrid({ key, ctrlKey }: GridKey, index: number, shape: GridShape): number | null {
  const { count, columns, pageRows, isMirrored } = shape
  const last = count - 1
  const rowStart = index - (index % columns)
  const down = (rows: number): number => {
    const target = index + rows * columns
    if (target <= last) return target
    const lastRowStart = last - (last % columns)
    return rowStart === lastRowStart ? index : Math.min(last, lastRowStart + (index % columns))
  }
  const up = (rows: number): number => {
    const target = index - rows * columns
    return target >= 0 ? target : index % columns
  }
  const next = ((): number => {
    switch (key) {
      case 'ArrowRight':
        return index + (isMirrored ? -1 : 1)
      case 'ArrowLeft':
        return index + (isMirrored ? 1 : -1)
      case 'ArrowDown':
        return down(1)
      case 'ArrowUp':
        return up(1)
      case 'PageDown':
        return down(Math.max(1, pageRows))
      case 'PageUp':
        return up(Math.max(1, pageRows))
      case 'Home':
        return ctrlKey ? 0 : rowStart
      case 'End':
        return ctrlKey ? last : Math.min(last, rowStart + columns - 1)
      default:
        return -1
    }
  })()
  return next < 0 || next > last || next === index ? null : next
}
