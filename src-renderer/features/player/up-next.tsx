import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ItemSummary } from '../../../src-preload/contract/index.ts'
import { episodeNumber } from '../../lib/items/item-words.ts'
import { Art } from '../../ui/art.tsx'
import { Button } from '../../ui/button.tsx'
import styles from './overlays.module.css'

const countdownSeconds = 10

/** The next episode, played by itself unless somebody says no. */
export function UpNext({
  item,
  onPlay,
  onStay,
}: {
  readonly item: ItemSummary
  readonly onPlay: () => void
  readonly onStay: () => void
}): ReactNode {
  const { t } = useTranslation()
  const [seconds, setSeconds] = useState(countdownSeconds)
  useEffect(() => {
    if (seconds === 0) {
      onPlay()
      return undefined
    }
    const timer = setTimeout(() => setSeconds(seconds - 1), 1000)
    return () => clearTimeout(timer)
    // The countdown is the only thing that ticks; a new `onPlay` of the same episode must not restart a second.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [seconds])
  const number = episodeNumber(item)
  return (
    <section aria-label={t('player.upNext.title')} className={styles['upNext']}>
      <Art
        path={item.artUrl ?? item.posterUrl}
        title={item.title}
        width={200}
        height={112}
        className={styles['upNextArt']}
      />
      <div className={styles['upNextWords']}>
        <div>
          <p>{t('player.upNext.title')}</p>
          <h2>{number === null ? item.title : `${number} — ${item.title}`}</h2>
          <p className="tabular">{t('player.upNext.in', { count: seconds })}</p>
        </div>
        <div className={`${styles['actions']} ${styles['start']}`}>
          <Button variant="primary" size="small" onClick={onPlay}>
            {t('player.upNext.playNow')}
          </Button>
          <Button size="small" onClick={onStay}>
            {t('player.upNext.stay')}
          </Button>
        </div>
      </div>
    </section>
  )
}
