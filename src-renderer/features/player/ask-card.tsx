import { type ReactNode, useId } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'
import styles from './overlays.module.css'
import { usePlayer, usePlayerState } from './player-context.tsx'

/**
 * One player plays at a time. Asks before taking over from another window, and offers to take back what another window took. Part of the
 * player and not a dialog of the page, so that it is as dark as the rest.
 */
export function AskCard({ onLeave }: { readonly onLeave: () => void }): ReactNode {
  const { t } = useTranslation()
  const player = usePlayer()
  const busyWith = usePlayerState((now) => now.busyWith)
  const isElsewhere = usePlayerState((now) => now.isElsewhere)
  const id = useId()
  if (busyWith === null && !isElsewhere) return null
  const isAsking = busyWith !== null
  return (
    <div
      role="alertdialog"
      aria-labelledby={`${id}-title`}
      aria-describedby={isAsking ? `${id}-body` : undefined}
      className={styles['card']}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onLeave()
      }}
    >
      <h2 id={`${id}-title`}>{t(isAsking ? 'player.busy.title' : 'player.elsewhere.sentence')}</h2>
      {isAsking && <p id={`${id}-body`}>{t('player.busy.body', { title: busyWith })}</p>}
      <div className={styles['actions']}>
        <Button
          variant="primary"
          // The card is the only thing to answer; without the focus its keys would go to the film.
          ref={(button) => button?.focus()}
          onClick={() => player.takeOver()}
        >
          {t('player.busy.confirm')}
        </Button>
        <Button onClick={onLeave}>{t('player.back')}</Button>
      </div>
    </div>
  )
}
