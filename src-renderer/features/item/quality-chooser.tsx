import { ChevronDown } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { MediaVersion, QualityOption } from '../../../src-preload/contract/index.ts'
import { formatShare } from '../../lib/format/bytes.ts'
import { shortLabel } from '../../lib/items/item-words.ts'
import { type QualityChoice, isChoosable, isShownAtOnce } from '../../lib/items/play-plan.ts'
import { unavailableWords } from '../../lib/items/reason-words.ts'
import { shelfOf } from '../../lib/items/shelf.ts'
import { Button } from '../../ui/button.tsx'
import { Menu, MenuChoice, MenuGroup, MenuOption } from '../../ui/menu.tsx'

/** Automatic, then what is on this computer, then what the server offers. */
export function QualityChooser({
  version,
  choice,
  automatic,
  serverName,
  onChoose,
}: {
  readonly version: MediaVersion
  readonly choice: QualityChoice
  readonly automatic: QualityOption | null
  readonly serverName: string
  readonly onChoose: (choice: QualityChoice) => void
}): ReactNode {
  const { t } = useTranslation()
  const options = shelfOf(version).map((row) => row.option)
  const here = options.filter((option) => option.bytesPresent > 0)
  const there = options.filter((option) => option.bytesPresent === 0 && isShownAtOnce(option))
  const chosen = options.find((option) => option.quality === choice)
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
        <MenuOption value="automatic" hint={automatic === null ? undefined : shortLabel(automatic.label)}>
          {t('quality.automatic')}
        </MenuOption>
        {here.length > 0 && (
          <MenuGroup label={t('quality.here')}>
            {here.map((option) => (
              <QualityChoiceRow key={option.quality} option={option} />
            ))}
          </MenuGroup>
        )}
        {there.length > 0 && (
          <MenuGroup label={t('quality.from', { name: serverName })}>
            {there.map((option) => (
              <QualityChoiceRow key={option.quality} option={option} />
            ))}
          </MenuGroup>
        )}
      </MenuChoice>
    </Menu>
  )
}

function QualityChoiceRow({ option }: { readonly option: QualityOption }): ReactNode {
  const { t } = useTranslation()
  return (
    <MenuOption
      value={option.quality}
      isDisabled={!isChoosable(option)}
      detail={
        option.unavailable !== undefined
          ? unavailableWords(option)
          : option.complete
            ? t('quality.ready')
            : t(`outcome.${option.outcome}`)
      }
      hint={formatShare(option.bytesPresent, option.bytesTotal, option.bytesTotalIsEstimate)}
    >
      {option.label}
    </MenuOption>
  )
}
