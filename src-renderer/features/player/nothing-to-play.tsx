import { ChevronLeft } from 'lucide-react'
import { type ReactNode, useEffect, useEffectEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import type { RpcError } from '../../lib/rpc/rpc-error.ts'
import { ErrorState } from '../../ui/states.tsx'
import { ControlButton } from './control-button.tsx'
import { canLeaveBack } from './leave-player.ts'
import styles from './player-view.module.css'

/** The player of a title that cannot be found: says why, and lets go. */
export function NothingToPlay({
  error,
  ratingKey,
  onRetry,
}: {
  readonly error: RpcError
  readonly ratingKey: string
  readonly onRetry: () => void
}): ReactNode {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const leave = (): void => {
    if (canLeaveBack()) window.history.back()
    else navigate('/', { replace: true })
  }
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.key === 'Escape' && !event.defaultPrevented) leave()
  })
  useEffect(() => {
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
  return (
    <main aria-label={t('player.region')} data-theme="dark" className={styles['player']}>
      <div className={styles['top']}>
        <ControlButton label={t('player.back')} tip="below" hotkey="Esc" onClick={leave}>
          <ChevronLeft size={24} aria-hidden />
        </ControlButton>
      </div>
      <ErrorState error={error} where={`play ${ratingKey}`} onRetry={onRetry} />
    </main>
  )
}
