import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import type { Item, MediaVersion } from '../../../src-preload/contract/index.ts'
import { formatClock } from '../../lib/format/duration.ts'
import { playPath } from '../../lib/items/item-paths.ts'
import { resumePoint } from '../../lib/items/play-plan.ts'
import { Row } from '../../ui/row.tsx'
import styles from './chapters.module.css'

/** Plays from a chapter. */
export function Chapters({
  item,
  version,
}: {
  readonly item: Item
  readonly version: MediaVersion
}): ReactNode {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const playFrom = (startMs: number): void => {
    const point = resumePoint(version, startMs)
    if (point === null) return
    navigate(
      playPath({
        sourceId: item.sourceId,
        ratingKey: item.ratingKey,
        mediaId: point.part.mediaId,
        positionMs: point.resumeMs ?? 0,
      }),
    )
  }
  return (
    <Row
      title={t('item.chapters')}
      shape="auto"
      items={item.chapters}
      keyOf={(chapter) => String(chapter.startMs)}
      renderCard={(chapter, tabIndex, index) => (
        <button
          type="button"
          tabIndex={tabIndex}
          className={styles['chapter']}
          data-focus-id={`chapter ${chapter.startMs}`}
          onClick={() => playFrom(chapter.startMs)}
        >
          <span className={styles['time']}>{formatClock(chapter.startMs)}</span>
          <span className={styles['name']}>
            {chapter.title === '' ? t('item.chapter', { number: index + 1 }) : chapter.title}
          </span>
        </button>
      )}
    />
  )
}
