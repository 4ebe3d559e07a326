import {
  Maximize,
  Minimize,
  Pause,
  PictureInPicture2,
  Play,
  RotateCcw,
  RotateCw,
  SkipBack,
  SkipForward,
} from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { MediaId } from '../../../src-preload/contract/index.ts'
import { formatPosition } from '../../player/format-time.ts'
import { wantsPlay } from '../../player/player-state.ts'
import { ControlButton } from './control-button.tsx'
import styles from './control-bar.module.css'
import { usePlayer, usePlayerState } from './player-context.tsx'
import { type MenuSlot, QualityMenu } from './quality-menu.tsx'
import { SeekBar } from './seek-bar.tsx'
import { AudioMenu, SpeedMenu, SubtitleMenu } from './track-menus.tsx'
import { VersionMenu } from './version-menu.tsx'
import { VolumeControl } from './volume-control.tsx'

export type MenuName = 'version' | 'audio' | 'subtitles' | 'quality' | 'speed'

export interface ControlBarProps {
  readonly menu: MenuName | null
  readonly onMenu: (menu: MenuName | null) => void
  readonly isSourceOnline: boolean
  readonly isFullscreen: boolean
  readonly onFullscreen: () => void
  readonly onPip: () => void
  /** Goes on with another file of the title. */
  readonly onVersion: (mediaId: MediaId) => void
  /** Null where there is none. */
  readonly onPrevious: (() => void) | null
  readonly onNext: (() => void) | null
}

export function ControlBar({
  menu,
  onMenu,
  isSourceOnline,
  isFullscreen,
  onFullscreen,
  onPip,
  onVersion,
  onPrevious,
  onNext,
}: ControlBarProps): ReactNode {
  const { t } = useTranslation()
  const slot = (name: MenuName): MenuSlot => ({
    isOpen: menu === name,
    onOpen: () => onMenu(name),
    onClose: () => onMenu(null),
  })
  return (
    <section aria-label={t('player.controls')} data-player-controls className={styles['bar']}>
      <SeekBar />
      <div className={styles['row']}>
        <div className={styles['group']}>
          <Elapsed />
          {onPrevious !== null && (
            <ControlButton label={t('player.previous')} hotkey="P" onClick={onPrevious}>
              <SkipBack size={20} aria-hidden />
            </ControlButton>
          )}
          <Jump ms={-10_000} />
          <PlayButton />
          <Jump ms={10_000} />
          {onNext !== null && (
            <ControlButton label={t('player.next')} hotkey="N" onClick={onNext}>
              <SkipForward size={20} aria-hidden />
            </ControlButton>
          )}
          <VolumeControl />
        </div>
        <div className={styles['group']}>
          <VersionMenu {...slot('version')} onVersion={onVersion} />
          <AudioMenu {...slot('audio')} isSourceOnline={isSourceOnline} />
          <SubtitleMenu {...slot('subtitles')} isSourceOnline={isSourceOnline} />
          <QualityMenu {...slot('quality')} isSourceOnline={isSourceOnline} />
          <SpeedMenu {...slot('speed')} />
          {document.pictureInPictureEnabled && (
            <ControlButton label={t('player.pip')} onClick={onPip}>
              <PictureInPicture2 size={20} aria-hidden />
            </ControlButton>
          )}
          <ControlButton
            label={isFullscreen ? t('player.leaveFullscreen') : t('player.fullscreen')}
            hotkey="F"
            tip="end"
            onClick={onFullscreen}
          >
            {isFullscreen ? <Minimize size={20} aria-hidden /> : <Maximize size={20} aria-hidden />}
          </ControlButton>
          <TimeLeft />
        </div>
      </div>
    </section>
  )
}

function PlayButton(): ReactNode {
  const { t } = useTranslation()
  const player = usePlayer()
  // Before the title is known it is about to play.
  const isPlaying = usePlayerState((now) => wantsPlay(now.play) || now.item === null)
  return (
    <ControlButton
      label={isPlaying ? t('player.pause') : t('player.play')}
      hotkey="K"
      look="big"
      className={styles['big']}
      onClick={() => player.togglePlay()}
    >
      {isPlaying ? (
        <Pause size={24} fill="currentColor" strokeWidth={0} aria-hidden />
      ) : (
        <Play size={24} fill="currentColor" strokeWidth={0} aria-hidden />
      )}
    </ControlButton>
  )
}

function Jump({ ms }: { readonly ms: 10_000 | -10_000 }): ReactNode {
  const { t } = useTranslation()
  const player = usePlayer()
  const Icon = ms < 0 ? RotateCcw : RotateCw
  return (
    <ControlButton
      label={ms < 0 ? t('player.backTen') : t('player.forwardTen')}
      hotkey={ms < 0 ? 'J' : 'L'}
      onClick={() => player.seekBy(ms)}
    >
      <span aria-hidden className={styles['ten']}>
        <Icon size={28} strokeWidth={1.5} />
        <span>10</span>
      </span>
    </ControlButton>
  )
}

function Elapsed(): ReactNode {
  const text = usePlayerState((now) => formatPosition(now.positionMs, now.durationMs))
  return <span className={styles['time']}>{text}</span>
}

function TimeLeft(): ReactNode {
  const { t } = useTranslation()
  const text = usePlayerState((now) =>
    formatPosition(Math.max(0, now.durationMs - now.positionMs), now.durationMs),
  )
  const isKnown = usePlayerState((now) => now.durationMs > 0)
  if (!isKnown) return <span className={styles['time']} />
  return (
    <span className={`${styles['time']} ${styles['left']}`} role="group" aria-label={t('player.timeLeft')}>
      −{text}
    </span>
  )
}
