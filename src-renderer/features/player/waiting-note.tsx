import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { offlineAlternatives } from '../../player/quality-menu-model.ts'
import { waitingSentence, wouldAnotherQualityHelp } from '../../player/waiting-sentence.ts'
import { Button } from '../../ui/button.tsx'
import styles from './overlays.module.css'
import { usePlayer, usePlayerState } from './player-context.tsx'
import { useDelayed } from './use-delayed.ts'

/** Why the picture stands still, and what would help. Silent for the first second: most waits are shorter. */
export function WaitingNote({ isSourceOnline }: { readonly isSourceOnline: boolean }): ReactNode {
  const { t } = useTranslation()
  const player = usePlayer()
  const phase = usePlayerState((now) => now.play.phase)
  const said = usePlayerState((now) => now.stats?.waitingReason ?? null)
  // Nothing is on its way from a server that is known to be away, whatever the figures say by now.
  const reason = said ?? (isSourceOnline ? null : 'source-unreachable')
  const source = usePlayerState((now) => now.sourceName)
  const part = usePlayerState((now) => now.part)
  const playing = usePlayerState((now) => now.stream?.quality ?? null)
  const isStill = usePlayerState((now) => now.isStill)
  const isWaiting =
    phase === 'loading' || phase === 'buffering' || phase === 'seeking' || (phase === 'switching' && isStill)
  const isVisible = useDelayed(isWaiting, 350)
  const isLong = useDelayed(isWaiting, 1000)
  const [other] = offlineAlternatives(part?.qualities ?? [], playing)

  return (
    <>
      {isVisible && (
        <div className={styles['waiting']}>
          <div aria-hidden className={styles['ring']} />
          {isLong && <p className={styles['reason']}>{waitingSentence(reason, source)}</p>}
          {isLong && other !== undefined && wouldAnotherQualityHelp(reason) && (
            <Button onClick={() => player.switchTo(other.quality)}>
              {t('player.waiting.playHere', { label: other.label })}
            </Button>
          )}
        </div>
      )}
      <p className="said-only" aria-live="polite">
        {isLong ? waitingSentence(reason, source) : ''}
      </p>
    </>
  )
}
