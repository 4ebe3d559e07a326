import { useQueryClient } from '@tanstack/react-query'
import { ArrowDownToLine, Check, Pin, Square, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import type { CacheEntry, CacheJob, Source, SourceId } from '../../../src-preload/contract/index.ts'
import { formatBytes, formatShare, formatSpeed } from '../../lib/format/bytes.ts'
import { formatDuration } from '../../lib/format/duration.ts'
import { qualityWord } from '../../lib/items/item-words.ts'
import { usePageTitle } from '../../lib/page-title.ts'
import { useAct, useCall } from '../../lib/rpc/index.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { askToConfirm } from '../../ui/confirm.tsx'
import { ProgressBar } from '../../ui/progress-bar.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../../ui/states.tsx'
import styles from './downloads-page.module.css'
import { groupEntries, keyText } from './group-entries.ts'

/** What is being fetched, what waits, and what is pinned. */
export function DownloadsPage(): ReactNode {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  usePageTitle(t('nav.downloads'))
  const entries = useCall('cache.getEntries', {})
  const { data: stats } = useCall('cache.getStats', {})
  const { data: sources } = useCall('library.getSources', {})
  if (entries.data === undefined) {
    return entries.error === null ? (
      <Skeleton className={styles['waiting']} />
    ) : (
      <ErrorState error={entries.error} where="cache.getEntries" onRetry={() => void entries.refetch()} />
    )
  }
  const job = stats?.job ?? null
  const groups = groupEntries(entries.data, job)
  if (groups.every((group) => group.entries.length === 0)) {
    return (
      <EmptyState
        icon={<ArrowDownToLine size={32} aria-hidden />}
        action={<Button onClick={() => navigate('/')}>{t('kept.browse')}</Button>}
      >
        {t('downloads.empty')}
      </EmptyState>
    )
  }
  return groups
    .filter((group) => group.entries.length > 0)
    .map((group) => (
      <section key={group.name} aria-labelledby={`group-${group.name}`} className={styles['section']}>
        <h2 id={`group-${group.name}`} className={styles['heading']}>
          {t(`downloads.groups.${group.name}`)}
        </h2>
        <ul className={styles['list']}>
          {group.entries.map((entry) => (
            <Entry
              key={keyText(entry.key)}
              entry={entry}
              job={job !== null && keyText(job.key) === keyText(entry.key) ? job : null}
              awaited={awaitedSource(sources, entry.key.sourceId)}
            />
          ))}
        </ul>
      </section>
    ))
}

/** The name of a server that does not answer; null when there is nothing to wait for. */
const awaitedSource = (sources: readonly Source[] | undefined, sourceId: SourceId): string | null =>
  sources?.find((source) => source.sourceId === sourceId && source.connection === 'offline')?.name ?? null

function Entry({
  entry,
  job,
  awaited,
}: {
  readonly entry: CacheEntry
  readonly job: CacheJob | null
  readonly awaited: string | null
}): ReactNode {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const refresh = { onSettled: () => void queries.invalidateQueries({ queryKey: ['cache.getEntries'] }) }
  const stop = useAct('cache.stopPreCache')
  const resume = useAct('cache.preCache')
  const remove = useAct('cache.removeFromCache')
  const setPinned = useAct('cache.setPinned')
  const { key, title, state, isPinned, bytesPresent, bytesTotal, bytesTotalIsEstimate } = entry
  const label = `${title} ${qualityWord(key.quality)}`
  const share =
    state === 'complete' ? 1 : bytesTotal === null || bytesTotal <= 0 ? null : bytesPresent / bytesTotal
  const facts = [
    state === 'complete' ? t('quality.ready') : state === 'failed' ? t('shelf.failed') : null,
    state === 'filling' && (awaited !== null || job === null)
      ? awaited === null
        ? t('shelf.waiting')
        : t('shelf.waitingFor', { source: awaited })
      : null,
    formatShare(bytesPresent, bytesTotal, bytesTotalIsEstimate),
    job?.bytesPerSecond == null ? null : formatSpeed(job.bytesPerSecond),
    job?.remainingMs == null ? null : t('left', { time: formatDuration(job.remainingMs) }),
  ]

  const onRemove = async (): Promise<void> => {
    const isSure =
      !isPinned ||
      (await askToConfirm({
        title: t('remove.title', { label: qualityWord(key.quality) }),
        body: t('remove.body', { title, size: formatBytes(bytesPresent) }),
        confirm: t('remove.confirm'),
        isDanger: true,
      }))
    if (isSure) remove.mutate({ ...key, force: isPinned }, refresh)
  }

  return (
    <li className={styles['entry']}>
      <div className={styles['words']}>
        <p className={styles['title']}>
          {title} <span className={styles['quality']}>{qualityWord(key.quality)}</span>
        </p>
        <p className={state === 'complete' ? styles['ready'] : styles['detail']}>
          {state === 'complete' && <Check size={13} strokeWidth={2.5} aria-hidden />}
          {facts.filter((fact) => fact !== null && fact !== '').join(' · ')}
        </p>
        {share !== null && state !== 'complete' && (
          <ProgressBar
            meaning="here"
            share={share}
            label={t('shelf.here', { percent: Math.floor(share * 100), label })}
            className={styles['bar']}
          />
        )}
      </div>
      <div className={styles['buttons']}>
        {state === 'filling' && (
          <Button
            size="small"
            variant="quiet"
            icon={<Square size={13} fill="currentColor" aria-hidden />}
            aria-label={t('shelf.stopThis', { label })}
            onClick={() => stop.mutate(key, refresh)}
          >
            {t('shelf.stop')}
          </Button>
        )}
        {(state === 'partial' || state === 'failed' || state === 'none') && (
          <Button
            size="small"
            variant="quiet"
            icon={<ArrowDownToLine size={15} aria-hidden />}
            aria-label={t('shelf.finishThis', { label })}
            onClick={() => resume.mutate({ ...key, pin: isPinned }, refresh)}
          >
            {t('shelf.finish')}
          </Button>
        )}
        {state === 'complete' && (
          <IconButton
            size="small"
            label={t(isPinned ? 'shelf.unpinThis' : 'shelf.pinThis', { label })}
            aria-pressed={isPinned}
            icon={<Pin size={15} fill={isPinned ? 'currentColor' : 'none'} />}
            onClick={() => setPinned.mutate({ ...key, pinned: !isPinned }, refresh)}
          />
        )}
        <IconButton
          size="small"
          label={t('shelf.removeThis', { label })}
          icon={<X size={16} />}
          onClick={() => void onRemove()}
        />
      </div>
    </li>
  )
}
