import { useQueryClient } from '@tanstack/react-query'
import { ArrowDown, ArrowUp, Pause, Play, RotateCcw, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Download, DownloadPlace, OfTitle } from '../../../src-preload/contract/index.ts'
import { downloadWords } from '../../lib/items/download-words.ts'
import { qualityWord } from '../../lib/items/item-words.ts'
import { useAct } from '../../lib/rpc/index.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { TransferRow } from './transfer-row.tsx'

/** One download: what it is doing, and everything that can be done with it. */
export function DownloadRow({
  download,
  source,
  isFirst,
  isLast,
}: {
  readonly download: Download & OfTitle
  readonly source: string
  readonly isFirst: boolean
  readonly isLast: boolean
}): ReactNode {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const refresh = {
    onSettled: () => {
      for (const method of ['cache.getDownloads', 'cache.getEntries'])
        void queries.invalidateQueries({ queryKey: [method] })
    },
  }
  const pause = useAct('cache.pausePreCache')
  const resume = useAct('cache.preCache')
  const cancel = useAct('cache.stopPreCache')
  const move = useAct('cache.movePreCache')
  const { key, title, state, isPinned, bytesPresent, bytesTotal } = download
  const label = `${title} ${qualityWord(key.quality)}`
  const share = bytesTotal === null || bytesTotal <= 0 ? 0 : Math.min(1, bytesPresent / bytesTotal)
  const moveTo = (to: DownloadPlace): void => move.mutate({ ...key, to }, refresh)
  const goOn = (): void => resume.mutate({ ...key, pin: isPinned }, refresh)

  return (
    <TransferRow
      of={download}
      quality={qualityWord(key.quality)}
      words={downloadWords(download, source)}
      tone={state === 'failed' ? 'trouble' : 'detail'}
      share={share}
    >
      <IconButton
        size="small"
        label={t('downloads.earlier', { label })}
        icon={<ArrowUp size={15} />}
        aria-disabled={isFirst}
        onClick={() => !isFirst && moveTo('earlier')}
      />
      <IconButton
        size="small"
        label={t('downloads.later', { label })}
        icon={<ArrowDown size={15} />}
        aria-disabled={isLast}
        onClick={() => !isLast && moveTo('later')}
      />
      {state === 'failed' ? (
        <Button
          size="small"
          variant="quiet"
          icon={<RotateCcw size={14} aria-hidden />}
          aria-label={t('downloads.retryThis', { label })}
          onClick={goOn}
        >
          {t('tryAgain')}
        </Button>
      ) : state === 'paused' ? (
        <Button
          size="small"
          variant="quiet"
          icon={<Play size={14} aria-hidden />}
          aria-label={t('downloads.resumeThis', { label })}
          onClick={goOn}
        >
          {t('downloads.resume')}
        </Button>
      ) : (
        <Button
          size="small"
          variant="quiet"
          icon={<Pause size={14} aria-hidden />}
          aria-label={t('downloads.pauseThis', { label })}
          onClick={() => pause.mutate(key, refresh)}
        >
          {t('downloads.pause')}
        </Button>
      )}
      <IconButton
        size="small"
        label={t('downloads.cancelThis', { label })}
        icon={<X size={16} />}
        onClick={() => cancel.mutate(key, refresh)}
      />
    </TransferRow>
  )
}
