import { type ReactNode, useEffect, useReducer } from 'react'
import { useTranslation } from 'react-i18next'
import type { QualityOption } from '../../../src-preload/contract/index.ts'
import { formatShare, formatSpeed } from '../../lib/format/bytes.ts'
import { optionOf } from '../../player/player-store.ts'
import { outcomeWord } from '../../player/quality-menu-model.ts'
import { planWords, whyThisQuality } from '../../player/why-this-quality.ts'
import { formatBitrate } from '../../lib/format/bitrate.ts'
import styles from './overlays.module.css'
import { usePlayer, usePlayerState } from './player-context.tsx'
import { useWait } from './use-wait.ts'

/** `480p · 1.5 Mbps (480p-1500k)`: as people say it, and as it is written in addresses. */
const qualityName = ({ label, quality }: QualityOption): string =>
  label.toLowerCase() === quality ? label : `${label} (${quality})`

/** Figures for the curious, twice a second. */
export function InfoPanel({ isSourceOnline }: { readonly isSourceOnline: boolean }): ReactNode {
  const { t } = useTranslation()
  const player = usePlayer()
  const now = usePlayerState((snapshot) => snapshot)
  const wait = useWait(isSourceOnline)
  const [, redraw] = useReducer((count: number) => count + 1, 0)
  useEffect(() => {
    const timer = setInterval(redraw, 500)
    return () => clearInterval(timer)
  }, [])

  const video = player.video()
  const frames = video?.getVideoPlaybackQuality()
  const option = optionOf(now.part, now.stream?.quality)
  const nothing = t('player.info.nothing')
  const seconds = (ms: number | null): string =>
    ms === null ? nothing : t('player.info.seconds', { seconds: (ms / 1000).toFixed(1) })
  const ahead = now.buffered.find(
    ({ startMs, endMs }) => startMs <= now.positionMs + 100 && now.positionMs < endMs,
  )
  const { stats } = now

  const facts: readonly (readonly [string, string])[] = [
    [t('player.info.quality'), option === null ? nothing : qualityName(option)],
    [
      t('player.info.outcome'),
      option === null || now.stream === null ? nothing : `${outcomeWord(option)} · ${now.stream.kind}`,
    ],
    [t('player.info.why'), whyThisQuality(now.isAutomatic, now.advice?.why ?? null, now.link) ?? nothing],
    [t('player.info.plan'), planWords(option, now.part?.qualities ?? []) ?? nothing],
    [t('player.info.server'), `${now.sourceName} · ${t(`connection.${now.connection}`)}`],
    [
      t('player.info.picture'),
      video === null || video.videoWidth === 0 ? nothing : `${video.videoWidth} × ${video.videoHeight}`,
    ],
    [
      t('player.info.frames'),
      frames === undefined
        ? nothing
        : t('player.info.framesValue', {
            dropped: frames.droppedVideoFrames,
            total: frames.totalVideoFrames,
          }),
    ],
    [t('player.info.buffered'), seconds(ahead === undefined ? 0 : ahead.endMs - now.positionMs)],
    [t('player.info.ahead'), seconds(stats?.aheadMs ?? null)],
    [
      t('player.info.kept'),
      stats === null ? nothing : formatShare(stats.bytesPresent, stats.bytesTotal, false) || nothing,
    ],
    [t('player.info.speed'), stats?.bytesPerSecond == null ? nothing : formatSpeed(stats.bytesPerSecond)],
    [t('player.info.link'), now.link?.kbps == null ? nothing : formatBitrate(now.link.kbps)],
    [
      t('player.info.waiting'),
      stats?.waitingReason == null || stats.waitingMs === null ? nothing : wait.sentence,
    ],
  ]

  return (
    <aside aria-label={t('player.info.title')} className={styles['panel']}>
      <h2>{t('player.info.title')}</h2>
      <dl className={styles['facts']}>
        {facts.map(([name, value]) => (
          <FactRow key={name} name={name} value={value} />
        ))}
      </dl>
    </aside>
  )
}

function FactRow({ name, value }: { readonly name: string; readonly value: string }): ReactNode {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  )
}
