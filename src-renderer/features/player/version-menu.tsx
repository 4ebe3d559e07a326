import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { MediaId } from '../../../src-preload/contract/index.ts'
import { usePlayerState } from './player-context.tsx'
import { MenuRow, PopupMenu } from './popup-menu.tsx'
import type { MenuSlot } from './quality-menu.tsx'

/** Which of a title's files plays; nothing where there is one. */
export function VersionMenu({
  onVersion,
  ...slot
}: MenuSlot & { readonly onVersion: (mediaId: MediaId) => void }): ReactNode {
  const { t } = useTranslation()
  const versions = usePlayerState((now) => now.item)?.versions ?? []
  const mediaId = usePlayerState((now) => now.part?.mediaId ?? null)
  if (versions.length < 2) return null
  const current = versions.find(({ parts }) => parts.some((part) => part.mediaId === mediaId))
  return (
    <PopupMenu
      {...slot}
      title={t('player.version')}
      width={320}
      button={{
        label: t('player.versionNow', { label: current?.label ?? '' }),
        children: t('player.version'),
      }}
    >
      {versions.map((version) => {
        const [first] = version.parts
        return (
          <MenuRow
            key={version.versionId}
            label={version.label}
            isChecked={version === current}
            isDisabled={first === undefined}
            onChoose={() => {
              slot.onClose()
              if (version !== current && first !== undefined) onVersion(first.mediaId)
            }}
          />
        )
      })}
    </PopupMenu>
  )
}
