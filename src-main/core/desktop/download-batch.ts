import type { CacheKey, Download } from '../../../src-preload/contract/index.ts'

interface BatchItem {
  readonly title: string
  readonly bytesPresent: number
  /** Null while nobody knows how much it is. */
  readonly bytesTotal: number | null
  readonly state: Download['state'] | 'finished' | 'given-up'
}

/** What was downloaded since there was last nothing to do, by {@link nameOf} its key. */
export type DownloadBatch = ReadonlyMap<string, BatchItem>

export const nameOf = ({ sourceId, mediaId, quality }: CacheKey): string =>
  JSON.stringify([sourceId, mediaId, quality])

/** Whether something goes on without anybody. What is paused or failed waits for a person. */
export const hasWork = (batch: DownloadBatch): boolean =>
  [...batch.values()].some(({ state }) => state === 'running' || state === 'waiting' || state === 'parked')

export const isRunning = (batch: DownloadBatch): boolean =>
  [...batch.values()].some(({ state }) => state === 'running')

/** The batch with the list as it is now. What left the list is finished when it is among `whole`, else somebody gave it up. */
export function nextBatch(
  batch: DownloadBatch,
  downloads: readonly Download[],
  whole: ReadonlySet<string>,
): DownloadBatch {
  const next = new Map<string, BatchItem>(batch)
  const listed = new Set(downloads.map(({ key }) => nameOf(key)))
  for (const [name, item] of batch)
    if (!listed.has(name) && item.state !== 'finished')
      next.set(name, { ...item, state: whole.has(name) ? 'finished' : 'given-up' })
  for (const { key, title, bytesPresent, bytesTotal, state } of downloads) {
    // Stands there from before.
    if ((state === 'failed' || state === 'paused') && !batch.has(nameOf(key))) continue
    next.set(nameOf(key), { title, bytesPresent, bytesTotal, state })
  }
  return next
}

/** 0 to 1 of all bytes of the batch that are known to be wanted; null when nothing is to be done, or no size is known. */
export function fractionOf(batch: DownloadBatch): number | null {
  if (!hasWork(batch)) return null
  let [present, total] = [0, 0]
  for (const { state, bytesPresent, bytesTotal } of batch.values()) {
    if (bytesTotal === null || state === 'given-up' || state === 'paused' || state === 'failed') continue
    present += state === 'finished' ? bytesTotal : Math.min(bytesPresent, bytesTotal)
    total += bytesTotal
  }
  return total > 0 ? present / total : null
}

/** One notice for a whole batch; null while it goes on, and when nothing of it ended by itself. */
export function noticeOf(batch: DownloadBatch): { readonly title: string; readonly body: string } | null {
  if (hasWork(batch)) return null
  const titlesOf = (wanted: BatchItem['state']): string[] => [
    ...new Set([...batch.values()].filter(({ state }) => state === wanted).map(({ title }) => title)),
  ]
  const [finished, failed] = [titlesOf('finished'), titlesOf('failed')]
  if (finished.length > 0 && failed.length > 0)
    return {
      title: 'Not everything was downloaded',
      body: `Ready: ${listed(finished)}. Failed: ${listed(failed)}.`,
    }
  if (finished.length > 0) return { title: 'Ready to watch offline', body: listed(finished) }
  if (failed.length > 0)
    return { title: 'Could not be downloaded', body: `${listed(failed)}. Downloads says why.` }
  return null
}

const mostListed = 3

/** `A`, `A and B`, `A, B and C`, `A, B, C and 4 more`. */
function listed(titles: readonly string[]): string {
  const rest = titles.length - mostListed
  const shown = rest > 0 ? [...titles.slice(0, mostListed), `${rest} more`] : titles
  return new Intl.ListFormat('en-GB', { type: 'conjunction' }).format(shown)
}
