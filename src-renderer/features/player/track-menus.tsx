import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { ChosenTracks } from '../../../src-preload/contract/index.ts'
import { type TrackWay, plainAudio, trackWay, tracksOf } from '../../player/quality-tracks.ts'
import { usePlayer, usePlayerState } from './player-context.tsx'
import { MenuRow, PopupMenu } from './popup-menu.tsx'
import type { MenuSlot } from './quality-menu.tsx'

type TrackSlot = MenuSlot & { readonly isSourceOnline: boolean }

/** What the menus of tracks know of each row: whether it is chosen, and how it would come. */
function useTrackRows(isSourceOnline: boolean) {
  const part = usePlayerState((now) => now.part)
  const wish = usePlayerState((now) => now.wish)
  const audioId = usePlayerState((now) => now.audioId)
  const subtitleId = usePlayerState((now) => now.subtitleId)
  const wayOf = (next: Partial<ChosenTracks>): TrackWay =>
    trackWay(part, wish, { audioId, subtitleId, ...next }, isSourceOnline)
  return { part, audioId: audioId ?? plainAudio(part)?.streamId ?? null, subtitleId, wayOf }
}

const isOpenWay = (way: TrackWay): boolean => way === 'as-it-is' || way === 'through-server'

/** Which sound plays. A browser plays only one of a file's own; the others come through the server, and are named so. */
export function AudioMenu({ isSourceOnline, ...slot }: TrackSlot): ReactNode {
  const { t } = useTranslation()
  const player = usePlayer()
  const { part, audioId, wayOf } = useTrackRows(isSourceOnline)
  const tracks = tracksOf(part, 'audio')
  const plain = plainAudio(part)
  if (tracks.length === 0) return null
  return (
    <PopupMenu
      {...slot}
      title={t('player.audio')}
      width={320}
      button={{
        label: t('player.audio'),
        hotkey: 'A',
        look: audioId === plain?.streamId ? 'plain' : 'chosen',
        children: t('player.audio'),
      }}
    >
      {tracks.map((track) => {
        const isChecked = track.streamId === audioId
        const way = wayOf({ audioId: track.streamId })
        return (
          <MenuRow
            key={track.streamId}
            label={track.label}
            note={track === plain && tracks.length > 1 ? t('player.standardSound') : null}
            isChecked={isChecked}
            isDisabled={!isChecked && !isOpenWay(way)}
            detail={way === 'as-it-is' ? null : t(`player.trackWay.${way}`)}
            onChoose={() => {
              slot.onClose()
              if (!isChecked) player.chooseAudio(track.streamId)
            }}
          />
        )
      })}
    </PopupMenu>
  )
}

/** Subtitles: off, one of the files beside the title, or one that the server draws into the picture. */
export function SubtitleMenu({ isSourceOnline, ...slot }: TrackSlot): ReactNode {
  const { t } = useTranslation()
  const player = usePlayer()
  const { part, subtitleId: current, wayOf } = useTrackRows(isSourceOnline)
  const tracks = tracksOf(part, 'subtitle')
  if (tracks.length === 0) return null
  const choose = (streamId: string | null): void => {
    slot.onClose()
    if (streamId !== current) player.chooseSubtitles(streamId)
  }
  return (
    <PopupMenu
      {...slot}
      title={t('player.subtitles')}
      width={320}
      button={{
        label: t('player.subtitles'),
        hotkey: 'C',
        look: current === null ? 'plain' : 'chosen',
        children: t('player.subtitles'),
      }}
    >
      <MenuRow label={t('player.subtitlesOff')} isChecked={current === null} onChoose={() => choose(null)} />
      {tracks.map((track) => {
        const isChecked = track.streamId === current
        const way = wayOf({ subtitleId: track.streamId })
        const burned =
          way === 'as-it-is'
            ? t('player.burnedKept')
            : t('player.burned', { way: t(`player.trackWay.${way}`) })
        return (
          <MenuRow
            key={track.streamId}
            label={track.label}
            note={track.codec.toUpperCase()}
            isChecked={isChecked}
            isDisabled={!isChecked && track.url === null && !isOpenWay(way)}
            detail={track.url === null ? burned : null}
            onChoose={() => choose(track.streamId)}
          />
        )
      })}
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
