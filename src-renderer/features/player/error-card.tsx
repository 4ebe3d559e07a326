import { Check } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatBytes } from '../../lib/format/bytes.ts'
import { splitMessage } from '../../lib/error-words.ts'
import { offlineAlternatives } from '../../player/quality-menu-model.ts'
import { Button } from '../../ui/button.tsx'
import styles from './overlays.module.css'
import { usePlayer, usePlayerState } from './player-context.tsx'

/** What happened, what to do, a code, and what plays all the same. */
export function ErrorCard({ onLeave }: { readonly onLeave: () => void }): ReactNode {
  const { t } = useTranslation()
  const player = usePlayer()
  const play = usePlayerState((now) => now.play)
  const part = usePlayerState((now) => now.part)
  const stream = usePlayerState((now) => now.stream)
  const [copied, setCopied] = useState<'copied' | 'notCopied' | null>(null)
  if (play.phase !== 'failed') return null
  const { sentence, codeLine } = splitMessage(play.code, play.sentence)
  const others = offlineAlternatives(part?.qualities ?? [], stream?.quality ?? null)

  const copy = async (): Promise<void> => {
    const { failureDetails, item, positionMs } = player.store.getState()
    const details = [
      `Spool: ${play.sentence}`,
      `code: ${play.code}`,
      `details: ${failureDetails ?? ''}`,
      `title: ${item?.ratingKey ?? ''}, part ${part?.mediaId ?? ''}`,
      `quality: ${stream?.quality ?? ''} (${stream?.kind ?? ''}), at ${Math.round(positionMs)} ms`,
      `time: ${new Date().toISOString()}`,
      `agent: ${navigator.userAgent}`,
    ].join('\n')
    try {
      await navigator.clipboard.writeText(details)
      setCopied('copied')
    } catch {
      setCopied('notCopied')
    }
  }

  return (
    <div role="alert" className={styles['card']}>
      <h2>{t('player.failed.title')}</h2>
      <p>{sentence}</p>
      <code className={styles['code']}>{codeLine}</code>
      <div className={styles['actions']}>
        <Button variant={others.length === 0 ? 'primary' : 'secondary'} onClick={() => player.retry()}>
          {t('tryAgain')}
        </Button>
        <Button onClick={() => void copy()}>{copied === null ? t('copyDetails') : t(copied)}</Button>
        <Button onClick={onLeave}>{t('player.failed.backToDetails')}</Button>
      </div>
      {others.length > 0 && (
        <div className={styles['alternatives']}>
          <h3>{t('player.failed.alternatives')}</h3>
          <div className={styles['actions']}>
            {others.map((option, i) => (
              <Button
                key={option.quality}
                variant={i === 0 ? 'primary' : 'secondary'}
                icon={<Check size={16} aria-hidden />}
                note={formatBytes(option.bytesTotal ?? option.bytesPresent)}
                onClick={() => player.switchTo(option.quality)}
              >
                {t('player.failed.play', { label: option.label })}
              </Button>
            ))}
          </div>
        </div>
      )}
    </div>
  )
}
