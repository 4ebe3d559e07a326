import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { usePlayer, usePlayerState } from './player-context.tsx'
import { MenuRow, PopupMenu } from './popup-menu.tsx'
import type { MenuSlot } from './quality-menu.tsx'

/** Which sound plays. Streams carry the default track, so the others are named and cannot be chosen here. */
export function AudioMenu(slot: MenuSlot): ReactNode {
  const { t } = useTranslation()
  const tracks = usePlayerState((now) => now.part)?.tracks.filter(({ kind }) => kind === 'audio') ?? []
  if (tracks.length === 0) return null
  const current = tracks.find(({ isDefault }) => isDefault) ?? tracks[0]
  return (
    <PopupMenu
      {...slot}
      title={t('player.audio')}
      button={{ label: t('player.audio'), hotkey: 'A', children: t('player.audio') }}
    >
      {tracks.map((track) => (
        <MenuRow
          key={track.streamId}
          label={track.label}
          isChecked={track === current}
          isDisabled={track !== current}
          {...(track === current ? {} : { detail: t('player.audioLater') })}
          onChoose={slot.onClose}
        />
      ))}
    </PopupMenu>
  )
}

/** Text subtitles: off, or one of the files beside the title. */
export function SubtitleMenu(slot: MenuSlot): ReactNode {
  const { t } = useTranslation()
  const player = usePlayer()
  const current = usePlayerState((now) => now.subtitleId)
  const tracks = usePlayerState((now) => now.part)?.tracks.filter(({ kind }) => kind === 'subtitle') ?? []
  if (tracks.length === 0) return null
  const choose = (streamId: string | null): void => {
    slot.onClose()
    player.showSubtitles(streamId)
  }
  return (
    <PopupMenu
      {...slot}
      title={t('player.subtitles')}
      button={{
        label: t('player.subtitles'),
        hotkey: 'C',
        look: current === null ? 'plain' : 'chosen',
        children: t('player.subtitles'),
      }}
    >
      <MenuRow label={t('player.subtitlesOff')} isChecked={current === null} onChoose={() => choose(null)} />
      {tracks.map((track) => (
        <MenuRow
          key={track.streamId}
          label={track.label}
          note={track.codec.toUpperCase()}
          isChecked={track.streamId === current}
          isDisabled={track.url === null}
          detail={track.url === null ? t('player.subtitlesInPicture') : null}
          onChoose={() => choose(track.streamId)}
        />
      ))}
    </PopupMenu>
  )
}

export const speeds = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2] as const

export function SpeedMenu(slot: MenuSlot): ReactNode {
  const { t } = useTranslation()
  const player = usePlayer()
  const rate = usePlayerState((now) => now.rate)
  return (
    <PopupMenu
      {...slot}
      title={t('player.speed')}
      width={200}
      button={{
        label: t('player.speedNow', { rate }),
        look: rate === 1 ? 'plain' : 'chosen',
        children: `${rate}×`,
      }}
    >
      {speeds.map((speed) => (
        <MenuRow
          key={speed}
          label={`${speed}×`}
          note={speed === 1 ? t('player.speedNormal') : null}
          isChecked={speed === rate}
          onChoose={() => {
            slot.onClose()
            player.setRate(speed)
          }}
        />
      ))}
    </PopupMenu>
  )
}
