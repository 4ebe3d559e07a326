import { Check, EllipsisVertical, Play, RotateCcw } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import type { Item, MediaVersion } from '../../../src-preload/contract/index.ts'
import { formatClock } from '../../lib/format/duration.ts'
import { playPath } from '../../lib/items/item-paths.ts'
import { shortLabel } from '../../lib/items/item-words.ts'
import {
  type PlayPlan,
  type QualityChoice,
  automaticOf,
  isChoosable,
  planPlay,
} from '../../lib/items/play-plan.ts'
import { useCall } from '../../lib/rpc/index.ts'
import { labelOfQuality, targetFor } from '../../player/quality-tracks.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Menu, MenuItem } from '../../ui/menu.tsx'
import styles from './details.module.css'
import { KeepMenu } from './keep-menu.tsx'
import { QualityChooser } from './quality-chooser.tsx'
import { useSetWatched } from './use-set-watched.ts'

/** What it will play: `720p`; with how much of it is here where no more can be had. */
function qualityNote({ option, part }: PlayPlan, choice: QualityChoice): string {
  // With another sound, or subtitles in the picture, it is another quality.
  const target = targetFor(part, choice, part.chosen)
  if (target !== null && target !== choice && target !== 'automatic') return labelOfQuality(part, target)
  const label = shortLabel(option.label)
  if (isChoosable(option) || option.bytesTotal === null) return label
  return `${label}, ${Math.floor((option.bytesPresent / option.bytesTotal) * 100)} %`
}

/** The one thing to do here first, in words that say exactly what it does; then how, keep, watched. */
export function ItemActions({
  item,
  version,
  choice,
  onChoose,
}: {
  readonly item: Item
  readonly version: MediaVersion
  readonly choice: QualityChoice
  readonly onChoose: (choice: QualityChoice) => void
}): ReactNode {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const { data: sources } = useCall('library.getSources', {})
  const source = sources?.find(({ sourceId }) => sourceId === item.sourceId)
  const plan = planPlay(item, version, choice)
  const setWatched = useSetWatched(item)
  const [firstPart] = version.parts

  const play = (fromStart: boolean): void => {
    if (typeof plan === 'string' || firstPart === undefined) return
    const part = fromStart ? firstPart : plan.part
    navigate(
      playPath({
        sourceId: item.sourceId,
        ratingKey: item.ratingKey,
        mediaId: part.mediaId,
        ...(choice === 'automatic' ? {} : { quality: choice }),
        ...(fromStart ? { positionMs: 0 } : plan.resumeMs === null ? {} : { positionMs: plan.resumeMs }),
      }),
    )
  }

  const hasPlan = typeof plan !== 'string'
  const isResuming = hasPlan && plan.resumeMs !== null && plan.resumeMs > 0
  const quality = hasPlan ? qualityNote(plan, choice) : null
  return (
    <>
      <div className={styles['actions']}>
        <Button
          variant="primary"
          icon={<Play size={16} fill="currentColor" aria-hidden />}
          note={isResuming ? `${formatClock(item.positionMs ?? 0)} · ${quality}` : quality}
          disabled={!hasPlan}
          data-focus-id="play"
          onClick={() => play(false)}
        >
          {isResuming ? t('item.resume') : t('item.play')}
        </Button>
        <QualityChooser
          version={version}
          choice={choice}
          automatic={automaticOf(firstPart)}
          serverName={source?.name ?? ''}
          connection={source?.connection ?? 'lan'}
          onChoose={onChoose}
        />
        <KeepMenu item={item} version={version} />
        <Button
          icon={<Check size={16} aria-hidden />}
          aria-pressed={item.isWatched}
          onClick={() => setWatched(!item.isWatched)}
        >
          {item.isWatched ? t('item.watched') : t('item.markWatched')}
        </Button>
        {isResuming && (
          <Menu
            align="end"
            trigger={
              <IconButton
                variant="secondary"
                tooltip="none"
                label={t('item.more')}
                icon={<EllipsisVertical size={18} />}
              />
            }
          >
            <MenuItem icon={<RotateCcw size={16} aria-hidden />} onSelect={() => play(true)}>
              {t('item.fromStart')}
            </MenuItem>
          </Menu>
        )}
      </div>
      {!hasPlan && <p className={styles['note']}>{t(`noPlan.${plan}`, { title: item.title })}</p>}
    </>
  )
}
