import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CheckReport } from '../../../src-preload/contract/index.ts'
import { useCall, useRpc } from '../../lib/rpc/index.ts'
import { Button } from '../../ui/button.tsx'
import { showToast } from '../../ui/toast.tsx'
import { Setting } from './panel.tsx'

/** Reads what is kept, at a person's wish, and says in one sentence what came of it. */
export function CheckCopies(): ReactNode {
  const { t } = useTranslation()
  const client = useRpc()
  const { data: stats } = useCall('cache.getStats', {})
  const [running, setRunning] = useState<AbortController | null>(null)
  const [report, setReport] = useState<CheckReport | null>(null)

  const check = async (): Promise<void> => {
    const abort = new AbortController()
    setRunning(abort)
    setReport(null)
    try {
      setReport(await client.call('cache.verify', {}, abort.signal))
    } catch (error) {
      if (!abort.signal.aborted) showToast({ text: (error as Error).message, kind: 'trouble' })
    } finally {
      setRunning(null)
    }
  }

  const progress = stats?.check ?? null
  const percent =
    progress === null || progress.bytesTotal === 0
      ? 0
      : Math.min(100, Math.floor((progress.bytesChecked / progress.bytesTotal) * 100))
  return (
    <Setting
      label={t('check.label')}
      hint={
        <span role="status">
          {running !== null
            ? t('check.running', { percent })
            : report === null
              ? t('check.hint')
              : result(report, t)}
        </span>
      }
    >
      {running === null ? (
        <Button size="small" onClick={() => void check()}>
          {t('check.start')}
        </Button>
      ) : (
        <Button size="small" variant="quiet" onClick={() => running.abort()}>
          {t('check.stop')}
        </Button>
      )}
    </Setting>
  )
}

function result(report: CheckReport, t: ReturnType<typeof useTranslation>['t']): string {
  const lost = report.damaged + report.missing
  if (report.checked === 0) return t('check.nothing')
  if (lost === 0) return t('check.sound', { count: report.checked })
  const found = t('check.lost', { count: lost })
  return `${found} ${t(report.repaired === lost ? 'check.repaired' : 'check.comes')}`
}
