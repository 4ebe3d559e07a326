import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useRpc } from '../../lib/rpc/index.ts'
import type { WaitHelp } from '../../player/waiting-sentence.ts'
import { Button } from '../../ui/button.tsx'
import styles from './overlays.module.css'
import { usePlayer, usePlayerState } from './player-context.tsx'
import { useDelayed } from './use-delayed.ts'
import { useWait } from './use-wait.ts'

/** A wait shorter than this is not shown at all, and one shorter than the other not explained. */
const visibleMs = 350
const explainedMs = 700

/** Why the picture stands still, and what would help. */
export function WaitingNote({ isSourceOnline }: { readonly isSourceOnline: boolean }): ReactNode {
  const { t } = useTranslation()
  const player = usePlayer()
  const rpc = useRpc()
  const phase = usePlayerState((now) => now.play.phase)
  const isStill = usePlayerState((now) => now.isStill)
  const isWaiting =
    phase === 'loading' || phase === 'buffering' || phase === 'seeking' || (phase === 'switching' && isStill)
  const isVisible = useDelayed(isWaiting, visibleMs)
  const isLong = useDelayed(isWaiting, explainedMs)
  const { sentence, help } = useWait(isSourceOnline)

  const act = (what: WaitHelp): void => {
    const { item } = player.store.getState()
    if (what.do === 'try-again') player.retry()
    else if (what.do !== 'look-again') player.switchTo(what.option.quality)
    // Whatever it finds comes back as news of the server.
    else if (item !== null) rpc.call('accounts.retry', { sourceId: item.sourceId }).catch(() => undefined)
  }
  const label = (what: WaitHelp): string =>
    what.do === 'try-again' || what.do === 'look-again'
      ? t('tryAgain')
      : t(`player.waiting.help.${what.do}`, { label: what.option.label })
  return (
    <>
      {isVisible && (
        <div data-testid="waiting" className={styles['waiting']}>
          <div aria-hidden className={styles['ring']} />
          {isLong && <p className={styles['reason']}>{sentence}</p>}
          {isLong && help !== null && <Button onClick={() => act(help)}>{label(help)}</Button>}
        </div>
      )}
      <p className="said-only" aria-live="polite">
        {isLong ? sentence : ''}
      </p>
    </>
  )
}
