import clsx from 'clsx'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { splitMessage } from '../lib/error-words.ts'
import type { RpcError } from '../lib/rpc/rpc-error.ts'
import { Button } from './button.tsx'
import styles from './states.module.css'
import { showToast } from './toast.tsx'

/** One sentence, one button. */
export function EmptyState({
  icon,
  children,
  action,
}: {
  readonly icon?: ReactNode
  readonly children: ReactNode
  readonly action?: ReactNode
}): ReactNode {
  return (
    <div className={styles['state']}>
      {icon !== undefined && <div className={styles['icon']}>{icon}</div>}
      <p className={styles['sentence']}>{children}</p>
      {action}
    </div>
  )
}

/** What happened, what to do, a code, and the details to hand on. */
export function ErrorState({
  error,
  onRetry,
  where,
  isInline = false,
}: {
  readonly error: RpcError
  readonly onRetry?: () => void
  /** What was being done: goes into the copied details. */
  readonly where: string
  /** In the flow of a page that shows other things too. */
  readonly isInline?: boolean
}): ReactNode {
  const { t } = useTranslation()
  const { sentence, codeLine } = splitMessage(error.code, error.message)
  const copy = async (): Promise<void> => {
    const details = [
      `Spool: ${error.message}`,
      `code: ${error.code}`,
      `at: ${where}`,
      `time: ${new Date().toISOString()}`,
      `agent: ${navigator.userAgent}`,
    ].join('\n')
    try {
      await navigator.clipboard.writeText(details)
      showToast({ text: t('copied') })
    } catch {
      showToast({ text: t('notCopied'), kind: 'trouble' })
    }
  }
  return (
    <div role="alert" className={clsx(styles['state'], isInline && styles['inline'])}>
      <p className={styles['sentence']}>{sentence}</p>
      <div className={styles['actions']}>
        {onRetry !== undefined && <Button onClick={onRetry}>{t('tryAgain')}</Button>}
        <Button variant="quiet" onClick={() => void copy()}>
          {t('copyDetails')}
        </Button>
        <code className={styles['code']}>{codeLine}</code>
      </div>
    </div>
  )
}
