import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Settings } from '../../../src-preload/contract/index.ts'
import { Panel, Setting } from './panel.tsx'
import styles from './settings.module.css'
import { useSetSettings } from './use-set-settings.ts'

const themes = ['system', 'dark', 'light'] as const

export function ThemeSettings({ settings }: { readonly settings: Settings }): ReactNode {
  const { t } = useTranslation()
  const set = useSetSettings()
  return (
    <Panel title={t('settings.appearance')}>
      <Setting label={t('settings.theme')}>
        <div role="radiogroup" aria-label={t('settings.theme')} className={styles['segments']}>
          {themes.map((theme) => (
            <label key={theme} className={styles['segment']}>
              <input
                type="radio"
                name="theme"
                value={theme}
                checked={settings.theme === theme}
                onChange={() => set({ theme })}
              />
              {t(`settings.themes.${theme}`)}
            </label>
          ))}
        </div>
      </Setting>
    </Panel>
  )
}
