import { ChevronDown } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Settings } from '../../../src-preload/contract/index.ts'
import { Button } from '../../ui/button.tsx'
import { Menu, MenuChoice, MenuOption } from '../../ui/menu.tsx'
import { Panel, Setting } from './panel.tsx'
import { useSetSettings } from './use-set-settings.ts'

const connections = ['lan', 'wan', 'relay'] as const
/** What can be a default, with the canonical names that mean the same. */
const choices = [
  ['automatic', null, null],
  ['original', 'Original', null],
  ['1080p', '1080p · 8 Mbps', '1080p-8000k'],
  ['720p', '720p · 4 Mbps', '720p-4000k'],
  ['480p', '480p · 1.5 Mbps', '480p-1500k'],
  ['360p', '360p · 720 kbps', '360p-720k'],
] as const

export function QualitySettings({ settings }: { readonly settings: Settings }): ReactNode {
  const { t } = useTranslation()
  const set = useSetSettings()
  return (
    <Panel title={t('settings.quality')} text={t('settings.qualityText')}>
      {connections.map((connection) => {
        const current = settings.defaultQuality[connection]
        const choice = choices.find(([name, , canonical]) => name === current || canonical === current)
        const label = choice?.[1] ?? (choice === undefined ? current : t('quality.automatic'))
        return (
          <Setting
            key={connection}
            label={t(`settings.at.${connection}`)}
            hint={t(`settings.atHint.${connection}`)}
          >
            <Menu
              align="end"
              trigger={
                <Button size="small" aria-label={`${t(`settings.at.${connection}`)}: ${label}`}>
                  {label}
                  <ChevronDown size={16} aria-hidden />
                </Button>
              }
            >
              <MenuChoice
                value={choice?.[0] ?? current}
                onChange={(name) => set({ defaultQuality: { [connection]: name } })}
              >
                {choices.map(([name, words]) => (
                  <MenuOption key={name} value={name}>
                    {words ?? t('quality.automatic')}
                  </MenuOption>
                ))}
              </MenuChoice>
            </Menu>
          </Setting>
        )
      })}
    </Panel>
  )
}
