import { ArrowDownToLine, Check, ChevronDown, EllipsisVertical, Pin, Play, RotateCcw } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import type { Item, MediaVersion, QualityOption } from '../../../src-preload/contract/index.ts'
import { formatShare } from '../../lib/format/bytes.ts'
import { formatClock } from '../../lib/format/duration.ts'
import { playPath } from '../../lib/items/item-paths.ts'
import { shortLabel } from '../../lib/items/item-words.ts'
import {
  type QualityChoice,
  isChoosable,
  isShownAtOnce,
  planPlay,
  resolveAutomatic,
} from '../../lib/items/play-plan.ts'
import { shelfOf } from '../../lib/items/shelf.ts'
import { useCall } from '../../lib/rpc/index.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Menu, MenuChoice, MenuGroup, MenuItem, MenuOption, MenuSeparator } from '../../ui/menu.tsx'
import styles from './details.module.css'
import { useQualityActions } from './use-quality-actions.ts'
import { useSetWatched } from './use-set-watched.ts'

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
  const { data: settings } = useCall('settings.get', {})
  const { data: sources } = useCall('library.getSources', {})
  const connection = sources?.find((source) => source.sourceId === item.sourceId)?.connection ?? 'lan'
  const plan = planPlay(item, version, choice, connection, settings?.defaultQuality)
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
  const quality = !hasPlan || plan.option === null ? t('quality.automatic') : shortLabel(plan.option.label)
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
          automatic={resolveAutomatic(firstPart?.qualities ?? [], connection, settings?.defaultQuality)}
          serverName={sources?.find((source) => source.sourceId === item.sourceId)?.name ?? ''}
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

/** Automatic, then what is on this computer, then what the server offers. */
function QualityChooser({
  version,
  choice,
  automatic,
  serverName,
  onChoose,
}: {
  readonly version: MediaVersion
  readonly choice: QualityChoice
  readonly automatic: QualityOption | null
  readonly serverName: string
  readonly onChoose: (choice: QualityChoice) => void
}): ReactNode {
  const { t } = useTranslation()
  const options = shelfOf(version).map((row) => row.option)
  const here = options.filter((option) => option.bytesPresent > 0)
  const there = options.filter((option) => option.bytesPresent === 0 && isShownAtOnce(option))
  const chosen = options.find((option) => option.quality === choice)
  return (
    <Menu
      trigger={
        <Button aria-label={t('item.quality', { quality: chosen?.label ?? t('quality.automatic') })}>
          {chosen === undefined ? t('quality.automatic') : shortLabel(chosen.label)}
          <ChevronDown size={16} aria-hidden />
        </Button>
      }
    >
      <MenuChoice value={choice} onChange={(value) => onChoose(value)}>
        <MenuOption value="automatic" hint={automatic === null ? undefined : shortLabel(automatic.label)}>
          {t('quality.automatic')}
        </MenuOption>
        {here.length > 0 && (
          <MenuGroup label={t('quality.here')}>
            {here.map((option) => (
              <QualityChoiceRow key={option.quality} option={option} />
            ))}
          </MenuGroup>
        )}
        {there.length > 0 && (
          <MenuGroup label={t('quality.from', { name: serverName })}>
            {there.map((option) => (
              <QualityChoiceRow key={option.quality} option={option} />
            ))}
          </MenuGroup>
        )}
      </MenuChoice>
    </Menu>
  )
}

function QualityChoiceRow({ option }: { readonly option: QualityOption }): ReactNode {
  const { t } = useTranslation()
  return (
    <MenuOption
      value={option.quality}
      isDisabled={!isChoosable(option)}
      detail={
        option.unavailable !== undefined
          ? t(`unavailable.${option.unavailable}`)
          : option.complete
            ? t('quality.ready')
            : t(`outcome.${option.outcome}`)
      }
      hint={formatShare(option.bytesPresent, option.bytesTotal, option.bytesTotalIsEstimate)}
    >
      {option.label}
    </MenuOption>
  )
}

/** Which quality to keep: pins it and fetches all of it. */
function KeepMenu({ item, version }: { readonly item: Item; readonly version: MediaVersion }): ReactNode {
  const { t } = useTranslation()
  const actions = useQualityActions(item, version)
  const options = shelfOf(version)
    .map((row) => row.option)
    .filter(isShownAtOnce)
  const keepable = options.filter(
    (option) => isChoosable(option) && !option.complete && option.state !== 'filling',
  )
  const ready = options.filter((option) => option.complete)
  return (
    <Menu
      trigger={
        <Button
          icon={<ArrowDownToLine size={16} aria-hidden />}
          disabled={keepable.length + ready.length === 0}
        >
          {t('item.keep')}
          <ChevronDown size={16} aria-hidden />
        </Button>
      }
    >
      {keepable.length > 0 && (
        <MenuGroup label={t('item.keepWhich')}>
          {keepable.map((option) => (
            <MenuItem
              key={option.quality}
              icon={<ArrowDownToLine size={16} aria-hidden />}
              hint={formatShare(option.bytesPresent, option.bytesTotal, option.bytesTotalIsEstimate)}
              onSelect={() => actions.keep(option)}
            >
              {option.label}
            </MenuItem>
          ))}
        </MenuGroup>
      )}
      {keepable.length > 0 && ready.length > 0 && <MenuSeparator />}
      {ready.length > 0 && (
        <MenuGroup label={t('quality.here')}>
          {ready.map((option) => (
            <MenuItem
              key={option.quality}
              icon={<Pin size={16} aria-hidden fill={option.isPinned ? 'currentColor' : 'none'} />}
              hint={option.isPinned ? t('shelf.unpin') : t('shelf.pin')}
              onSelect={() => actions.setPinned(option, !option.isPinned)}
            >
              {option.label}
            </MenuItem>
          ))}
        </MenuGroup>
      )}
    </Menu>
  )
}
