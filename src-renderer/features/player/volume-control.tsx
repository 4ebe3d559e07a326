import { Volume1, Volume2, VolumeX } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Slider } from '../../ui/slider.tsx'
import { ControlButton } from './control-button.tsx'
import styles from './control-bar.module.css'
import { usePlayer, usePlayerState } from './player-context.tsx'

export function VolumeControl(): ReactNode {
  const { t } = useTranslation()
  const player = usePlayer()
  const volume = usePlayerState((now) => now.volume)
  const isMuted = usePlayerState((now) => now.isMuted)
  const isSilent = isMuted || volume === 0
  const Icon = isSilent ? VolumeX : volume < 0.5 ? Volume1 : Volume2
  return (
    <div className={styles['volume']}>
      <ControlButton
        label={isSilent ? t('player.unmute') : t('player.mute')}
        hotkey="M"
        onClick={() => player.setMuted(!isSilent)}
      >
        <Icon size={20} aria-hidden />
      </ControlButton>
      <div className={styles['volumeSlider']} data-keys="slider">
        <Slider
          label={t('player.volume')}
          value={isMuted ? 0 : Math.round(volume * 100)}
          min={0}
          max={100}
          step={5}
          onChange={(next) => player.setVolume(next / 100)}
          say={(next) => t('player.volumeValue', { percent: next })}
        />
      </div>
    </div>
  )
}
