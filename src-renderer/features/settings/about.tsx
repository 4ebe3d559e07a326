import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Settings } from '../../../src-preload/contract/index.ts'
import { useCall } from '../../lib/rpc/index.ts'
import { Panel, Setting } from './panel.tsx'
import styles from './settings.module.css'
import { useSetSettings } from './use-set-settings.ts'

export function About({ settings }: { readonly settings: Settings }): ReactNode {
  const { t } = useTranslation()
  const set = useSetSettings()
  const { data: info } = useCall('app.getInfo', {}, { staleMs: Infinity })
  return (
    <Panel title={t('settings.about')}>
      {info?.shell === 'electron' && (
        <Setting label={t('settings.external')} hint={t('settings.externalHint')}>
          <input
            type="checkbox"
            aria-label={t('settings.external')}
            checked={settings.allowExternalPlayers}
            onChange={(event) => set({ allowExternalPlayers: event.target.checked })}
          />
        </Setting>
      )}
      {info !== undefined && (
        <dl className={styles['about']}>
          <dt>{t('settings.versionLabel')}</dt>
          <dd>
            Spool {info.version} ({info.shell}, {info.platform})
          </dd>
          <dt>{t('settings.dataDir')}</dt>
          <dd>{info.dataDir}</dd>
        </dl>
      )}
    </Panel>
  )
}
