import { ArrowDownToLine, ChevronDown, Pin } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Item, MediaVersion } from '../../../src-preload/contract/index.ts'
import { formatShare } from '../../lib/format/bytes.ts'
import { isChoosable, isShownAtOnce } from '../../lib/items/play-plan.ts'
import { shelfOf } from '../../lib/items/shelf.ts'
import { Button } from '../../ui/button.tsx'
import { Menu, MenuGroup, MenuItem, MenuSeparator } from '../../ui/menu.tsx'
import { useQualityActions } from './use-quality-actions.ts'

/** Which quality to keep: pins it and fetches all of it. */
export function KeepMenu({
  item,
  version,
}: {
  readonly item: Item
  readonly version: MediaVersion
}): ReactNode {
  const { t } = useTranslation()
  const actions = useQualityActions(item, version)
  const options = shelfOf(version)
    .map((row) => row.option)
    .filter(isShownAtOnce)
  const keepable = options.filter(
    (option) => isChoosable(option) && !option.complete && option.state !== 'filling',
  )
  const ready = options.filter((option) => option.complete)
  return (
    <Menu
      trigger={
        <Button
          icon={<ArrowDownToLine size={16} aria-hidden />}
          disabled={keepable.length + ready.length === 0}
        >
          {t('item.keep')}
          <ChevronDown size={16} aria-hidden />
        </Button>
      }
    >
      {keepable.length > 0 && (
        <MenuGroup label={t('item.keepWhich')}>
          {keepable.map((option) => (
            <MenuItem
              key={option.quality}
              icon={<ArrowDownToLine size={16} aria-hidden />}
              note={formatShare(option.bytesPresent, option.bytesTotal, option.bytesTotalIsEstimate)}
              onSelect={() => actions.keep(option)}
            >
              {option.label}
            </MenuItem>
          ))}
        </MenuGroup>
      )}
      {keepable.length > 0 && ready.length > 0 && <MenuSeparator />}
      {ready.length > 0 && (
        <MenuGroup label={t('quality.here')}>
          {ready.map((option) => (
            <MenuItem
              key={option.quality}
              icon={<Pin size={16} aria-hidden fill={option.isPinned ? 'currentColor' : 'none'} />}
              detail={option.isPinned ? t('shelf.unpin') : t('shelf.pin')}
              onSelect={() => actions.setPinned(option, !option.isPinned)}
            >
              {option.label}
            </MenuItem>
          ))}
        </MenuGroup>
      )}
    </Menu>
  )
}
