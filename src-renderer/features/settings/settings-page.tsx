import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { usePageTitle } from '../../lib/page-title.ts'
import { useCall } from '../../lib/rpc/index.ts'
import { Skeleton } from '../../ui/skeleton.tsx'
import { ErrorState } from '../../ui/states.tsx'
import { About } from './about.tsx'
import { CacheHistory } from './cache-history.tsx'
import { CacheSettings } from './cache-settings.tsx'
import { QualitySettings } from './quality-settings.tsx'
import { Servers } from './servers.tsx'
import styles from './settings.module.css'
import { ThemeSettings } from './theme-settings.tsx'

export function SettingsPage(): ReactNode {
  const { t } = useTranslation()
  usePageTitle(t('nav.settings'))
  const settings = useCall('settings.get', {})
  if (settings.data === undefined) {
    return settings.error === null ? (
      <div className={styles['page']} aria-busy>
        <Skeleton style={{ blockSize: 320 }} />
        <Skeleton style={{ blockSize: 200 }} />
      </div>
    ) : (
      <ErrorState error={settings.error} where="settings.get" onRetry={() => void settings.refetch()} />
    )
  }
  return (
    <div className={styles['page']}>
      <CacheSettings settings={settings.data} />
      <QualitySettings settings={settings.data} />
      <ThemeSettings settings={settings.data} />
      <Servers />
      <CacheHistory />
      <About settings={settings.data} />
    </div>
  )
}
