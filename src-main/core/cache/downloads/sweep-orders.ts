import type { OrderStatements } from '../index/orders.ts'
import type { FileOrder, ServerFiles } from './server-files.ts'

export interface Sweep {
  readonly sourceId: string
  readonly orders: OrderStatements
  readonly files: Pick<ServerFiles, 'list' | 'remove'>
  readonly inTurn: <T>(work: () => T) => Promise<T>
}

/**
 * Takes off a server what nobody wants any more, and what no row knows: a process that ended between the server's answer and the row,
 * or a database that was lost. Rows go when the server has let go. Nothing may be ordered of this server meanwhile. False when it has to be
 * done again, because something that is wanted has no name yet and could be mistaken for a leftover.
 */
export async function sweepOrders(
  { sourceId, orders, files, inTurn }: Sweep,
  signal: AbortSignal,
): Promise<boolean> {
  const rows = await inTurn(() => orders.bySource(sourceId))
  const isNamed = rows.every(({ entryId, itemId }) => entryId === null || itemId !== null)
  const wanted = new Set(rows.filter(({ entryId }) => entryId !== null).map(nameOf))
  const released = new Set(rows.filter(({ entryId }) => entryId === null).map(nameOf))
  const listed = await files.list(sourceId, signal)
  for (const order of listed === 'no-queue' ? [] : listed) {
    const isLeft = isNamed ? !wanted.has(nameOf(order)) : released.has(nameOf(order))
    if (isLeft) await files.remove(sourceId, order, signal)
  }
  await inTurn(() => {
    for (const { id, entryId, itemId } of rows)
      if (entryId === null && (itemId !== null || isNamed)) orders.remove(id)
  })
  return isNamed
}

const nameOf = ({ queueId, itemId }: FileOrder | { queueId: string | null; itemId: string | null }): string =>
  `${queueId} ${itemId}`
