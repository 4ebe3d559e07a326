import clsx from 'clsx'
import { ArrowDownToLine, Check, ChevronDown, Pin, Play, Square, X } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import type { CacheJob, Item, MediaVersion } from '../../../src-preload/contract/index.ts'
import { formatShare, formatSpeed } from '../../lib/format/bytes.ts'
import { formatDuration } from '../../lib/format/duration.ts'
import { playPath } from '../../lib/items/item-paths.ts'
import { isChoosable, isShownAtOnce, resumePoint } from '../../lib/items/play-plan.ts'
import type { ShelfRow } from '../../lib/items/shelf.ts'
import { useCall } from '../../lib/rpc/index.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { ProgressBar } from '../../ui/progress-bar.tsx'
import details from './details.module.css'
import styles from './quality-shelf.module.css'
import { useQualityActions } from './use-quality-actions.ts'

/** What this computer holds of a version, and what the server offers: one row per quality, with what can be done about it. */
export function QualityShelf({
  item,
  version,
  rows,
}: {
  readonly item: Item
  readonly version: MediaVersion
  readonly rows: readonly ShelfRow[]
}): ReactNode {
  const { t } = useTranslation()
  const [showsAll, setShowsAll] = useState(false)
  const { data: stats } = useCall('cache.getStats', {})
  const shown = showsAll ? rows : rows.filter((row) => isShownAtOnce(row.option))
  const folded = rows.length - shown.length
  const job = stats?.job ?? null
  const isOfVersion = job !== null && version.parts.some((part) => part.mediaId === job.key.mediaId)
  return (
    <section aria-labelledby="shelf-title" className={details['section']}>
      <h2 id="shelf-title" className={details['heading']}>
        {t('shelf.title')} <small>{t('shelf.subtitle')}</small>
      </h2>
      <div className={styles['panel']}>
        <table className={styles['table']} aria-labelledby="shelf-title">
          <thead className="said-only">
            <tr>
              <th scope="col">{t('shelf.quality')}</th>
              <th scope="col">{t('shelf.outcome')}</th>
              <th scope="col">{t('shelf.share')}</th>
              <th scope="col">{t('shelf.size')}</th>
              <th scope="col">{t('shelf.actions')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <Quality
                key={row.option.quality}
                item={item}
                version={version}
                row={row}
                job={isOfVersion && job.key.quality === row.option.quality ? job : null}
              />
            ))}
          </tbody>
        </table>
        {(folded > 0 || showsAll) && (
          <button
            type="button"
            className={styles['more']}
            aria-expanded={showsAll}
            onClick={() => setShowsAll(!showsAll)}
          >
            {showsAll ? t('shelf.fewer') : t('shelf.more', { count: folded })}
            <ChevronDown size={16} aria-hidden className={clsx(showsAll && styles['turned'])} />
          </button>
        )}
      </div>
    </section>
  )
}

function Quality({
  item,
  version,
  row,
  job,
}: {
  readonly item: Item
  readonly version: MediaVersion
  readonly row: ShelfRow
  readonly job: CacheJob | null
}): ReactNode {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const actions = useQualityActions(item, version)
  const { option, share } = row
  const canPlay = isChoosable(option)
  const isFilling = option.state === 'filling'
  const isHere = option.bytesPresent > 0
  const size = formatShare(option.bytesPresent, option.bytesTotal, option.bytesTotalIsEstimate)

  const play = (): void => {
    const from = resumePoint(version, item.positionMs)
    if (from === null) return
    navigate(
      playPath({
        sourceId: item.sourceId,
        ratingKey: item.ratingKey,
        mediaId: from.part.mediaId,
        quality: option.quality,
        ...(from.resumeMs === null ? {} : { positionMs: from.resumeMs }),
      }),
    )
  }

  return (
    <tr className={clsx(styles['row'], !canPlay && styles['away'])} data-quality={option.quality}>
      <th scope="row" className={styles['label']}>
        {option.label}
      </th>
      <td className={styles['outcome']}>
        <Outcome row={row} job={job} />
      </td>
      <td className={styles['share']}>
        {share !== null && (
          <ProgressBar
            meaning="here"
            share={share}
            label={t('shelf.here', { percent: Math.floor(share * 100), label: option.label })}
          />
        )}
      </td>
      <td className={styles['size']}>{size}</td>
      <td className={styles['actions']}>
        <div className={styles['buttons']}>
          {canPlay && (
            <Button
              size="small"
              variant="quiet"
              className={styles['play']}
              icon={<Play size={14} fill="currentColor" aria-hidden />}
              aria-label={t('shelf.playThis', { label: option.label })}
              onClick={play}
            >
              {t('shelf.play')}
            </Button>
          )}
          {isFilling ? (
            <Button
              size="small"
              variant="quiet"
              className={styles['fetch']}
              icon={<Square size={13} fill="currentColor" aria-hidden />}
              aria-label={t('shelf.stopThis', { label: option.label })}
              onClick={() => actions.stop(option)}
            >
              {t('shelf.stop')}
            </Button>
          ) : (
            canPlay &&
            !option.complete &&
            option.unavailable === undefined && (
              <Button
                size="small"
                variant="quiet"
                className={styles['fetch']}
                icon={<ArrowDownToLine size={15} aria-hidden />}
                aria-label={t(isHere ? 'shelf.finishThis' : 'shelf.keepThis', { label: option.label })}
                onClick={() => actions.keep(option)}
              >
                {isHere ? t('shelf.finish') : t('shelf.keep')}
              </Button>
            )
          )}
          {option.complete && (
            <IconButton
              size="small"
              className={styles['pin']}
              label={t(option.isPinned ? 'shelf.unpinThis' : 'shelf.pinThis', { label: option.label })}
              icon={<Pin size={15} fill={option.isPinned ? 'currentColor' : 'none'} />}
              onClick={() => actions.setPinned(option, !option.isPinned)}
            />
          )}
          {isHere && (
            <IconButton
              size="small"
              className={styles['remove']}
              label={t('shelf.removeThis', { label: option.label })}
              icon={<X size={16} />}
              onClick={() => void actions.remove(option)}
            />
          )}
        </div>
      </td>
    </tr>
  )
}

/** What would happen when it is played, or what is happening with it. */
function Outcome({ row, job }: { readonly row: ShelfRow; readonly job: CacheJob | null }): ReactNode {
  const { t } = useTranslation()
  const { option, share } = row
  if (option.complete) {
    return (
      <span className={styles['ready']}>
        <Check size={15} aria-hidden />
        {t('quality.ready')}
        {option.isPinned && ` · ${t('shelf.kept')}`}
      </span>
    )
  }
  if (option.unavailable !== undefined) {
    const here =
      share !== null && share > 0 ? `${t('shelf.partHere', { percent: Math.floor(share * 100) })} · ` : ''
    return `${here}${t(`unavailable.${option.unavailable}`)}`
  }
  if (option.state === 'failed') return <span className={styles['trouble']}>{t('shelf.failed')}</span>
  if (option.state === 'filling') {
    const facts = [
      job === null ? t('shelf.waiting') : t('shelf.filling'),
      job?.bytesPerSecond == null ? null : formatSpeed(job.bytesPerSecond),
      job?.remainingMs == null ? null : t('left', { time: formatDuration(job.remainingMs) }),
    ]
    return facts.filter((fact) => fact !== null).join(' · ')
  }
  const outcome = t(`outcome.${option.outcome}`)
  // The original's detail says what it is; a rung's outcome says what is done to it.
  const facts = option.quality === 'original' ? [option.detail, outcome] : [outcome, option.detail]
  return facts.filter((fact) => fact !== '').join(' · ')
}
