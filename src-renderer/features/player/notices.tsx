import clsx from 'clsx'
import { type ReactNode, useEffect, useState } from 'react'
import styles from './overlays.module.css'
import { usePlayerState } from './player-context.tsx'

/** What the player did by itself or on request, for a few seconds; the live region stays, so that it is heard. */
export function Notices(): ReactNode {
  const notice = usePlayerState((now) => now.notice)
  const isSwitching = usePlayerState((now) => now.play.phase === 'switching')
  const [goneId, setGoneId] = useState(0)
  useEffect(() => {
    if (notice === null || isSwitching) return undefined
    const timer = setTimeout(() => setGoneId(notice.id), notice.isTrouble ? 9000 : 3500)
    return () => clearTimeout(timer)
  }, [notice, isSwitching])
  const shown = notice === null || notice.id <= goneId ? null : notice
  return (
    <div role="status" aria-live="polite" className={styles['notice']}>
      {shown !== null && (
        <p key={shown.id} className={clsx(styles['noticeText'], shown.isTrouble && styles['trouble'])}>
          {shown.text}
        </p>
      )}
    </div>
  )
}
