import { ChevronDown } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Source } from '../../../src-preload/contract/index.ts'
import { useAct } from '../../lib/rpc/index.ts'
import { Button } from '../../ui/button.tsx'
import { Menu, MenuChoice, MenuOption } from '../../ui/menu.tsx'

const choices = ['automatic', 'lan', 'wan', 'relay'] as const

/** How a server is reached, where its address tells another: a VPN looks like the home network. */
export function ConnectionChoice({ source }: { readonly source: Source }): ReactNode {
  const { t } = useTranslation()
  const set = useAct('accounts.setConnection')
  const chosen = source.chosenConnection ?? 'automatic'
  const label = t(`settings.reached.${chosen}`)
  return (
    <Menu
      align="end"
      trigger={
        <Button size="small" aria-label={t('settings.reachedNamed', { name: source.name, way: label })}>
          {label}
          <ChevronDown size={16} aria-hidden />
        </Button>
      }
    >
      <MenuChoice
        value={chosen}
        onChange={(way) =>
          set.mutate({ sourceId: source.sourceId, connection: way === 'automatic' ? null : way })
        }
      >
        {choices.map((way) => (
          <MenuOption key={way} value={way}>
            {t(`settings.reached.${way}`)}
          </MenuOption>
        ))}
      </MenuChoice>
    </Menu>
  )
}
