import { useQueryClient } from '@tanstack/react-query'
import { CloudOff, HardDrive, PlugZap } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCall, useRpc, useWireStatus } from '../lib/rpc/index.ts'
import { Button } from '../ui/button.tsx'
import styles from './banners.module.css'

function Banner({
  icon,
  children,
  action,
}: {
  readonly icon: ReactNode
  readonly children: ReactNode
  readonly action?: ReactNode
}): ReactNode {
  return (
    <div role="status" className={styles['banner']}>
      <span className={styles['icon']}>{icon}</span>
      <p className={styles['text']}>{children}</p>
      {action}
    </div>
  )
}

/** What is wrong with everything at once: the core gone, servers away, nowhere to keep. One sentence each. */
export function Banners(): ReactNode {
  const { t } = useTranslation()
  const client = useRpc()
  const queries = useQueryClient()
  const status = useWireStatus()
  const [isTrying, setTrying] = useState(false)
  const sources = useCall('library.getSources', {})
  const stats = useCall('cache.getStats', {})
  const info = useCall('app.getInfo', {}, { staleMs: Infinity })

  if (status === 'down') {
    return <Banner icon={<PlugZap size={18} aria-hidden />}>{t('banner.coreGone')}</Banner>
  }
  const away = (sources.data ?? []).filter((source) => source.connection === 'offline')
  const names = new Intl.ListFormat('en').format(away.map((source) => source.name))
  const tryAgain = (): void => {
    setTrying(true)
    // A server that does not answer is no news: it stays in the banner.
    void Promise.allSettled(away.map(({ sourceId }) => client.call('accounts.retry', { sourceId }))).then(
      () => {
        setTrying(false)
        void queries.invalidateQueries({
          predicate: ({ queryKey }) => String(queryKey[0]).startsWith('library.'),
        })
      },
    )
  }
  return (
    <>
      {away.length > 0 && (
        <Banner
          icon={<CloudOff size={18} aria-hidden />}
          action={
            <Button size="small" disabled={isTrying} onClick={tryAgain}>
              {isTrying ? t('banner.trying') : t('tryAgain')}
            </Button>
          }
        >
          {t('banner.away', { names, count: away.length })}
        </Banner>
      )}
      {stats.data?.trouble != null && (
        <Banner icon={<HardDrive size={18} aria-hidden />}>{t(`banner.${stats.data.trouble}`)}</Banner>
      )}
      {info.data?.notice != null && (
        <Banner icon={<HardDrive size={18} aria-hidden />}>{info.data.notice}</Banner>
      )}
    </>
  )
}
