import { useQueryClient } from '@tanstack/react-query'
import { ArrowDownToLine, Pin, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import type { CacheEntry, OfTitle, Source, SourceId } from '../../../src-preload/contract/index.ts'
import { formatBytes, formatShare } from '../../lib/format/bytes.ts'
import { useCopiesAway } from '../../lib/items/copies-away.ts'
import { qualityWord } from '../../lib/items/item-words.ts'
import { usePageTitle } from '../../lib/page-title.ts'
import { useAct, useCall } from '../../lib/rpc/index.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { askToConfirm } from '../../ui/confirm.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../../ui/states.tsx'
import { DownloadRow } from './download-row.tsx'
import styles from './downloads-page.module.css'
import { groupEntries, keyText } from './group-entries.ts'
import { TransferRow } from './transfer-row.tsx'

/** What is being fetched in its order, what stopped short, and what is pinned. */
export function DownloadsPage(): ReactNode {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  usePageTitle(t('nav.downloads'))
  const entries = useCall('cache.getEntries', {})
  const { data: downloads } = useCall('cache.getDownloads', {})
  const { data: sources } = useCall('library.getSources', {})
  if (entries.data === undefined) {
    return entries.error === null ? (
      <Skeleton className={styles['waiting']} />
    ) : (
      <ErrorState error={entries.error} where="cache.getEntries" onRetry={() => void entries.refetch()} />
    )
  }
  const rows = downloads ?? []
  const groups = groupEntries(entries.data, new Set(rows.map((row) => keyText(row.key))))
  if (rows.length === 0 && groups.every((group) => group.entries.length === 0)) {
    return (
      <EmptyState
        icon={<ArrowDownToLine size={32} aria-hidden />}
        action={<Button onClick={() => navigate('/')}>{t('kept.browse')}</Button>}
      >
        {t('downloads.empty')}
      </EmptyState>
    )
  }
  return (
    <>
      {rows.length > 0 && (
        <Group name="downloads">
          {rows.map((download, index) => (
            <DownloadRow
              key={keyText(download.key)}
              download={download}
              source={nameOf(sources, download.key.sourceId) ?? t('downloads.aServer')}
              isFirst={index === 0}
              isLast={index === rows.length - 1}
            />
          ))}
        </Group>
      )}
      {groups
        .filter((group) => group.entries.length > 0)
        .map((group) => (
          <Group key={group.name} name={group.name}>
            {group.entries.map((entry) => (
              <Entry key={keyText(entry.key)} entry={entry} />
            ))}
          </Group>
        ))}
    </>
  )
}

const nameOf = (sources: readonly Source[] | undefined, sourceId: SourceId): string | undefined =>
  sources?.find((source) => source.sourceId === sourceId)?.name

function Group({
  name,
  children,
}: {
  readonly name: 'downloads' | 'stopped' | 'pinned'
  readonly children: ReactNode
}): ReactNode {
  const { t } = useTranslation()
  return (
    <section aria-labelledby={`group-${name}`} className={styles['section']}>
      <h2 id={`group-${name}`} className={styles['heading']}>
        {t(`downloads.groups.${name}`)}
      </h2>
      <ul className={styles['list']}>{children}</ul>
    </section>
  )
}

function Entry({ entry }: { readonly entry: CacheEntry & OfTitle }): ReactNode {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const refresh = { onSettled: () => void queries.invalidateQueries({ queryKey: ['cache.getEntries'] }) }
  const resume = useAct('cache.preCache')
  const remove = useAct('cache.removeFromCache')
  const setPinned = useAct('cache.setPinned')
  const areCopiesAway = useCopiesAway()
  const { key, title, state, isPinned, bytesPresent, bytesTotal, bytesTotalIsEstimate } = entry
  const label = `${title} ${qualityWord(key.quality)}`
  const share = bytesTotal === null || bytesTotal <= 0 ? null : bytesPresent / bytesTotal
  const facts = [
    state === 'complete'
      ? t(areCopiesAway ? 'quality.copiesAway' : 'quality.ready')
      : state === 'failed'
        ? t('shelf.failed')
        : null,
    formatShare(bytesPresent, bytesTotal, bytesTotalIsEstimate),
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
    <TransferRow
      of={entry}
      quality={qualityWord(key.quality)}
      words={facts.filter((fact) => fact !== null && fact !== '').join(' · ')}
      tone={state === 'failed' ? 'trouble' : state === 'complete' && !areCopiesAway ? 'ready' : 'detail'}
      share={state === 'complete' ? null : share}
    >
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
    </TransferRow>
  )
}
