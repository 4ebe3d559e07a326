import { ChevronLeft } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useCopiesAway } from '../../lib/items/copies-away.ts'
import { episodeNumber } from '../../lib/items/item-words.ts'
import { optionOf } from '../../player/player-store.ts'
import { playedFrom } from '../../player/quality-menu-model.ts'
import { ControlButton } from './control-button.tsx'
import { usePlayerState } from './player-context.tsx'
import styles from './player-view.module.css'

/** The title, and what of it is really being played and from where. */
export function TopLine({ onLeave }: { readonly onLeave: () => void }): ReactNode {
  const { t } = useTranslation()
  const item = usePlayerState((now) => now.item)
  const stream = usePlayerState((now) => now.stream)
  const part = usePlayerState((now) => now.part)
  const sourceName = usePlayerState((now) => now.sourceName)
  const areCopiesAway = useCopiesAway()
  const isComplete = usePlayerState(
    (now) => now.stats?.state === 'complete' || (now.stats === null && now.stream?.complete === true),
  )
  if (item === null) return null
  const option = optionOf(part, stream?.quality)
  const number = episodeNumber(item)
  const heading = item.type === 'episode' ? (item.showTitle ?? item.title) : item.title
  const facts = [
    item.type === 'episode' ? [number, item.title].filter(Boolean).join(' — ') : item.year,
    option === null ? null : playedFrom(option, isComplete && !areCopiesAway, sourceName),
  ]
  return (
    <div className={`${styles['top']} ${styles['hideable']}`}>
      <ControlButton label={t('player.back')} tip="below" hotkey="Esc" onClick={onLeave}>
        <ChevronLeft size={24} aria-hidden />
      </ControlButton>
      <div>
        <h1 dir="auto" className={styles['title']}>
          {heading}
        </h1>
        <p className={styles['what']}>{facts.filter((fact) => fact !== null && fact !== '').join(' · ')}</p>
      </div>
    </div>
  )
}
