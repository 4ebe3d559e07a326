import { ChevronDown } from 'lucide-react'
import { Fragment, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { ConnectionKind, MediaVersion, QualityOption } from '../../../src-preload/contract/index.ts'
import { shortLabel } from '../../lib/items/item-words.ts'
import type { QualityChoice } from '../../lib/items/play-plan.ts'
import { shelfOf } from '../../lib/items/shelf.ts'
import { qualityMenu } from '../../player/quality-menu-model.ts'
import { Button } from '../../ui/button.tsx'
import { Menu, MenuChoice, MenuGroup, MenuOption } from '../../ui/menu.tsx'

/** Automatic, then what is on this computer, then what the server offers: the player's menu, before playing. */
export function QualityChooser({
  version,
  choice,
  automatic,
  serverName,
  connection,
  onChoose,
}: {
  readonly version: MediaVersion
  readonly choice: QualityChoice
  readonly automatic: QualityOption | null
  readonly serverName: string
  readonly connection: ConnectionKind
  readonly onChoose: (choice: QualityChoice) => void
}): ReactNode {
  const { t } = useTranslation()
  const options = shelfOf(version).map((row) => row.option)
  const chosen = options.find((option) => option.quality === choice)
  const { sections } = qualityMenu({
    options,
    sourceName: serverName,
    isSourceOnline: connection !== 'offline',
    playing: null,
    isAutomatic: choice === 'automatic',
    planned: automatic?.quality ?? null,
  })
  return (
    <Menu
      trigger={
        <Button aria-label={t('item.quality', { quality: chosen?.label ?? t('quality.automatic') })}>
          {chosen === undefined ? t('quality.automatic') : shortLabel(chosen.label)}
          <ChevronDown size={16} aria-hidden />
        </Button>
      }
    >
      <MenuChoice value={choice} onChange={(value) => onChoose(value)}>
        {sections.map(({ title, rows }) => {
          const shown = rows
            .filter((row) => !row.isFolded)
            .map((row) => (
              <MenuOption key={row.target} value={row.target} {...row}>
                {row.label}
              </MenuOption>
            ))
          if (shown.length === 0) return null
          return title === null ? (
            <Fragment key="">{shown}</Fragment>
          ) : (
            <MenuGroup key={title} label={title}>
              {shown}
            </MenuGroup>
          )
        })}
      </MenuChoice>
    </Menu>
  )
}
