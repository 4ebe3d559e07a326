import clsx from 'clsx'
import { ArrowDownToLine, Check, Pin, Play, Square, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import type { CacheJob, Download, Item, MediaVersion, Source } from '../../../src-preload/contract/index.ts'
import { formatShare, formatSpeed } from '../../lib/format/bytes.ts'
import { formatDuration } from '../../lib/format/duration.ts'
import { useCopiesAway } from '../../lib/items/copies-away.ts'
import { standing } from '../../lib/items/download-words.ts'
import { playPath } from '../../lib/items/item-paths.ts'
import { isChoosable, resumePoint } from '../../lib/items/play-plan.ts'
import type { ShelfRow as Row } from '../../lib/items/shelf.ts'
import { unavailableWords } from '../../lib/items/reason-words.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { ProgressBar } from '../../ui/progress-bar.tsx'
import styles from './quality-shelf.module.css'
import { useQualityActions } from './use-quality-actions.ts'

/** One quality: what it is, how much of it is here, and what can be done about it. */
export function ShelfRow({
  item,
  version,
  row,
  source,
  download,
  job,
}: {
  readonly item: Item
  readonly version: MediaVersion
  readonly row: Row
  /** The title's server; null before it is known. */
  readonly source: Source | null
  /** Its place among the downloads, where it has one. */
  readonly download: Download | null
  readonly job: CacheJob | null
}): ReactNode {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const actions = useQualityActions(item, version)
  const { option } = row
  const areCopiesAway = useCopiesAway()
  const share = areCopiesAway ? null : row.share
  const canPlay = isChoosable(option)
  const isFilling = option.state === 'filling'
  const isHere = option.bytesPresent > 0
  const isAway = source?.connection === 'offline'
  // Of what nobody can have, neither size nor share says anything.
  const isPossible = isHere || option.unavailable !== 'quality-above-source'
  const size = isPossible
    ? formatShare(option.bytesPresent, option.bytesTotal, option.bytesTotalIsEstimate)
    : ''

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
        <Outcome row={row} source={source} download={download} job={job} />
      </td>
      <td className={styles['share']}>
        {share !== null && isPossible && (
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
            !isAway && (
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
function Outcome({
  row,
  source,
  download,
  job,
}: {
  readonly row: Row
  readonly source: Source | null
  readonly download: Download | null
  readonly job: CacheJob | null
}): ReactNode {
  const { t } = useTranslation()
  const { option, share } = row
  const areCopiesAway = useCopiesAway()
  if (option.bytesPresent > 0 && areCopiesAway) return t('quality.copiesAway')
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
    return `${here}${unavailableWords(option)}`
  }
  if (source?.connection === 'offline')
    return t('shelf.restAway', { percent: Math.floor((share ?? 0) * 100) })
  if (option.state === 'failed') return <span className={styles['trouble']}>{t('shelf.failed')}</span>
  if (option.state === 'filling') {
    const waitingWords =
      (download === null ? '' : standing(download, source?.name ?? t('downloads.aServer'))) ||
      t('shelf.waiting')
    const facts = [
      job === null ? waitingWords : t('shelf.filling'),
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
