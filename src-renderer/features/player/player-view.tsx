import clsx from 'clsx'
import { Play } from 'lucide-react'
import { type ReactNode, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ItemSummary, MediaId } from '../../../src-preload/contract/index.ts'
import { pictureUrl } from '../../lib/items/item-paths.ts'
import type { KeyCommand } from '../../player/key-commands.ts'
import { tracksOf } from '../../player/quality-tracks.ts'
import { markerAt } from '../../player/seek-layers.ts'
import { Button } from '../../ui/button.tsx'
import { AskCard } from './ask-card.tsx'
import { ControlBar, type MenuName } from './control-bar.tsx'
import { ControlButton } from './control-button.tsx'
import { ErrorCard } from './error-card.tsx'
import { InfoPanel } from './info-panel.tsx'
import { Notices } from './notices.tsx'
import { usePlayer, usePlayerState } from './player-context.tsx'
import styles from './player-view.module.css'
import overlays from './overlays.module.css'
import { Subtitles } from './subtitles.tsx'
import { TopLine } from './top-line.tsx'
import { speeds } from './track-menus.tsx'
import { UpNext } from './up-next.tsx'
import { useFullscreen } from './use-fullscreen.ts'
import { useIdle } from './use-idle.ts'
import { usePlayerKeys } from './use-player-keys.ts'
import { WaitingNote } from './waiting-note.tsx'

export interface PlayerViewProps {
  readonly isSourceOnline: boolean
  readonly previous: ItemSummary | null
  readonly next: ItemSummary | null
  readonly onGo: (to: ItemSummary) => void
  readonly onVersion: (mediaId: MediaId) => void
  readonly onLeave: () => void
}

/** Everything that is seen of the player. */
export function PlayerView({
  isSourceOnline,
  previous,
  next,
  onGo,
  onVersion,
  onLeave,
}: PlayerViewProps): ReactNode {
  const { t } = useTranslation()
  const player = usePlayer()
  const root = useRef<HTMLElement>(null)
  const [menu, setMenu] = useState<MenuName | null>(null)
  const [isInfoOpen, setInfoOpen] = useState(false)
  const [stayed, setStayed] = useState<string | null>(null)
  const { isFullscreen, toggle: toggleFullscreen, leave: leaveFullscreen } = useFullscreen()
  const phase = usePlayerState((now) => now.play.phase)
  const quality = usePlayerState((now) => now.stream?.quality ?? null)
  const artUrl = usePlayerState((now) => now.item?.artUrl ?? null)
  const ratingKey = usePlayerState((now) => now.item?.ratingKey ?? null)
  const needsGesture = usePlayerState((now) => now.needsGesture)
  const isElsewhere = usePlayerState((now) => now.isElsewhere)
  const marker = usePlayerState((now) => markerAt(now.item?.markers ?? [], now.positionMs))

  const isMoving =
    phase === 'playing' || phase === 'buffering' || phase === 'seeking' || phase === 'switching'
  const isIdle = useIdle(root, '[data-player-controls]', menu !== null || !isMoving)

  const pip = (): void => {
    player.togglePip().catch(() => player.store.say(t('player.notice.noPip'), true))
  }
  const skip = (): void => {
    if (marker !== null) player.seekTo(marker.endMs)
  }
  const go = (to: ItemSummary | null): void => {
    if (to !== null) onGo(to)
  }

  const run = (command: KeyCommand): void => {
    const { store } = player
    const { durationMs, volume, rate, part, subtitleId } = store.getState()
    switch (command.do) {
      case 'togglePlay':
        return player.togglePlay()
      case 'seekBy':
        return player.seekBy(command.ms)
      case 'seekToTenth':
        return player.seekTo((durationMs * command.tenth) / 10)
      case 'stepFrame':
        return player.stepFrame(command.direction)
      case 'volumeBy':
        return player.setVolume(volume + command.amount)
      case 'toggleMute':
        return player.setMuted(!store.getState().isMuted)
      case 'speedBy': {
        const at = speeds.findIndex((speed) => speed === rate)
        const to = speeds[Math.min(speeds.length - 1, Math.max(0, at + command.direction))] ?? 1
        player.setRate(to)
        return store.say(t('player.notice.speed', { rate: to }))
      }
      case 'toggleFullscreen':
        return toggleFullscreen()
      case 'toggleSubtitles': {
        const all = tracksOf(part, 'subtitle')
        const track = subtitleId === null ? all.find(({ url }) => url !== null) : undefined
        if (all.length === 0) return store.say(t('player.notice.noSubtitles'))
        // Which of them the server shall draw is a choice to be made with open eyes.
        if (subtitleId === null && track === undefined) return setMenu('subtitles')
        player.chooseSubtitles(track?.streamId ?? null)
        return store.say(
          track === undefined
            ? t('player.notice.subtitlesOff')
            : t('player.notice.subtitlesOn', { label: track.label }),
        )
      }
      case 'openMenu':
        return setMenu(menu === command.menu ? null : command.menu)
      case 'go':
        return go(command.to === 'next' ? next : previous)
      case 'skipMarker':
        return skip()
      case 'toggleInfo':
        return setInfoOpen(!isInfoOpen)
      case 'leave':
        if (menu !== null) return setMenu(null)
        if (isInfoOpen) return setInfoOpen(false)
        if (isFullscreen) return leaveFullscreen()
        return onLeave()
    }
  }
  usePlayerKeys(run)

  // The click that closes a menu is not meant for the film, nor is the touch that brings the controls back.
  const isPressSpent = useRef(false)
  const isNextOffered = phase === 'ended' && next !== null && stayed !== ratingKey

  return (
    <main
      ref={root}
      aria-label={t('player.region')}
      data-theme="dark"
      data-testid="player"
      data-state={phase}
      data-quality={quality ?? ''}
      className={clsx(styles['player'], isIdle && styles['idle'])}
    >
      {(phase === 'loading' || phase === 'idle' || phase === 'failed') && artUrl !== null && (
        <div aria-hidden className={styles['backdrop']}>
          <img src={pictureUrl(artUrl, 480, 270, 1)} alt="" />
        </div>
      )}
      <div
        ref={(element) => element?.append(player.stage)}
        className={styles['stage']}
        onPointerDownCapture={({ pointerType }) => {
          isPressSpent.current = menu !== null || (isIdle && pointerType === 'touch')
        }}
        onClick={() => {
          if (!isPressSpent.current) player.togglePlay()
        }}
        onDoubleClick={toggleFullscreen}
      />
      <Subtitles isRaised={!isIdle} />
      <TopLine onLeave={onLeave} />
      {phase === 'failed' ? <ErrorCard onLeave={onLeave} /> : <WaitingNote isSourceOnline={isSourceOnline} />}
      <AskCard onLeave={onLeave} />
      {needsGesture && !isElsewhere && (
        <div className={styles['overlayButton']}>
          <ControlButton label={t('player.pressPlay')} look="big" tip="none" onClick={() => player.play()}>
            <Play size={24} fill="currentColor" strokeWidth={0} aria-hidden />
          </ControlButton>
          <span aria-hidden>{t('player.pressPlay')}</span>
        </div>
      )}
      {marker !== null && phase !== 'ended' && (
        <div className={overlays['skip']}>
          <Button onClick={skip}>{t(`player.skip.${marker.kind}`)}</Button>
        </div>
      )}
      {isNextOffered && <UpNext item={next} onPlay={() => onGo(next)} onStay={() => setStayed(ratingKey)} />}
      {isInfoOpen && <InfoPanel isSourceOnline={isSourceOnline} />}
      <Notices isSourceOnline={isSourceOnline} />
      <div className={styles['hideable']}>
        <ControlBar
          menu={menu}
          onMenu={setMenu}
          isSourceOnline={isSourceOnline}
          isFullscreen={isFullscreen}
          onFullscreen={toggleFullscreen}
          onPip={pip}
          onVersion={onVersion}
          onPrevious={previous === null ? null : () => go(previous)}
          onNext={next === null ? null : () => go(next)}
        />
      </div>
    </main>
  )
}
