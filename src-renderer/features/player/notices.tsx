import clsx from 'clsx'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import styles from './overlays.module.css'
import { usePlayerState } from './player-context.tsx'

/** Long enough to look up and read it: a sentence of a hundred letters stays for nine seconds. */
const readingMs = (text: string): number => Math.max(3500, text.length * 90)

/** What the player did by itself or on request, for a few seconds; the live region stays, so that it is heard. */
export function Notices({ isSourceOnline }: { readonly isSourceOnline: boolean }): ReactNode {
  const { t } = useTranslation()
  const source = usePlayerState((now) => now.sourceName)
  const notice = usePlayerState((now) => now.notice)
  const isSwitching = usePlayerState((now) => now.play.phase === 'switching')
  // The card says what happened in the end; what was tried before it no longer holds.
  const hasFailed = usePlayerState((now) => now.play.phase === 'failed')
  const [goneId, setGoneId] = useState(0)
  useEffect(() => {
    if (notice === null || isSwitching) return undefined
    const timer = setTimeout(() => setGoneId(notice.id), readingMs(notice.text))
    return () => clearTimeout(timer)
  }, [notice, isSwitching])
  const shown = notice === null || hasFailed || notice.id <= goneId ? null : notice
  return (
    <div role="status" aria-live="polite" className={styles['notice']}>
      {shown !== null && (
        <p key={shown.id} className={clsx(styles['noticeText'], shown.isTrouble && styles['trouble'])}>
          {isSwitching && !isSourceOnline ? t('player.notice.switchWaits', { source }) : shown.text}
        </p>
      )}
    </div>
  )
}
