import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatBitrate } from '../../lib/format/bitrate.ts'
import { shortLabel } from '../../lib/items/item-words.ts'
import { optionOf } from '../../player/player-store.ts'
import { type QualityRow, qualityMenu } from '../../player/quality-menu-model.ts'
import { usePlayer, usePlayerState } from './player-context.tsx'
import { MenuMore, MenuRow, MenuSection, PopupMenu } from './popup-menu.tsx'

export interface MenuSlot {
  readonly isOpen: boolean
  readonly onOpen: () => void
  readonly onClose: () => void
}

/** What this computer holds, what the server can send, and which of them plays. */
export function QualityMenu({
  isSourceOnline,
  ...slot
}: MenuSlot & { readonly isSourceOnline: boolean }): ReactNode {
  const { t } = useTranslation()
  const player = usePlayer()
  const part = usePlayerState((now) => now.part)
  const sourceName = usePlayerState((now) => now.sourceName)
  const playing = usePlayerState((now) => now.stream?.quality ?? null)
  const isAutomatic = usePlayerState((now) => now.isAutomatic)
  const target = usePlayerState((now) => (now.play.phase === 'switching' ? now.play.to : null))
  const link = usePlayerState((now) => now.link)
  const advice = usePlayerState((now) => now.advice)
  const [isUnfolded, setUnfolded] = useState(false)

  const menu = qualityMenu({
    options: part?.qualities ?? [],
    sourceName,
    isSourceOnline,
    playing: optionOf(part, target === null || target === 'automatic' ? playing : target)?.quality ?? null,
    isAutomatic,
    advice,
    link,
  })
  const option = optionOf(part, playing)
  // Both who chooses and what plays can be seen without opening the menu.
  const chosenBy = (label: string): string => (isAutomatic ? t('player.auto', { label }) : label)

  const choose = (row: QualityRow): void => {
    slot.onClose()
    if (!row.isChecked) player.switchTo(row.target)
  }

  return (
    <PopupMenu
      {...slot}
      title={t('player.quality')}
      aside={link?.kbps == null ? null : t('player.link', { link: formatBitrate(link.kbps) })}
      width={384}
      button={{
        label:
          option === null ? t('player.quality') : t('player.qualityNow', { label: chosenBy(option.label) }),
        hotkey: 'Q',
        look: option === null ? 'plain' : 'chosen',
        children: option === null ? t('player.quality') : chosenBy(shortLabel(option.label)),
      }}
    >
      {menu.sections.map((section) => (
        <MenuSection key={section.title ?? ''} title={section.title}>
          {section.rows
            .filter((row) => isUnfolded || !row.isFolded)
            .map((row) => (
              <MenuRow key={row.target} {...row} onChoose={() => choose(row)} />
            ))}
        </MenuSection>
      ))}
      {menu.foldedCount > 0 && (
        <MenuMore
          label={isUnfolded ? t('player.fewer') : t('player.more', { count: menu.foldedCount })}
          isExpanded={isUnfolded}
          onToggle={() => setUnfolded(!isUnfolded)}
        />
      )}
    </PopupMenu>
  )
}
