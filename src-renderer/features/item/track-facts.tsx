import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Item, MediaTrack, MediaVersion } from '../../../src-preload/contract/index.ts'
import { Chip, Fact } from '../../ui/chip.tsx'
import { Menu, MenuChoice, MenuItem, MenuOption } from '../../ui/menu.tsx'
import styles from './details.module.css'

/** Which file it is, and what it sounds and reads like. Sound and subtitles are switched in the player. */
export function TrackFacts({
  item,
  version,
  onVersion,
}: {
  readonly item: Item
  readonly version: MediaVersion
  readonly onVersion: (versionId: string) => void
}): ReactNode {
  const { t } = useTranslation()
  const tracks = version.parts[0]?.tracks ?? []
  const audio = tracks.filter((track) => track.kind === 'audio')
  const subtitles = tracks.filter((track) => track.kind === 'subtitle')
  return (
    <div className={styles['facts']}>
      {item.versions.length > 1 ? (
        <Menu trigger={<Chip hasMenu>{t('item.version', { label: version.label })}</Chip>}>
          <MenuChoice value={version.versionId} onChange={onVersion}>
            {item.versions.map((each) => (
              <MenuOption key={each.versionId} value={each.versionId}>
                {each.label}
              </MenuOption>
            ))}
          </MenuChoice>
        </Menu>
      ) : (
        version.label !== '' && <Fact>{version.label}</Fact>
      )}
      {version.parts.length > 1 && <Fact>{t('item.parts', { count: version.parts.length })}</Fact>}
      <Tracks name={t('item.audio')} tracks={audio} />
      <Tracks name={t('item.subtitles')} tracks={subtitles} none={t('item.off')} />
    </div>
  )
}

function Tracks({
  name,
  tracks,
  none,
}: {
  readonly name: string
  readonly tracks: readonly MediaTrack[]
  /** What it is called when none of them is on by itself; without it the first one is. */
  readonly none?: string
}): ReactNode {
  const { t } = useTranslation()
  const [first] = tracks
  if (first === undefined) return null
  const main = tracks.find((track) => track.isDefault) ?? (none === undefined ? first : null)
  const words = `${name}: ${main === null ? none : main.label}`
  if (main !== null && tracks.length === 1) return <Fact>{words}</Fact>
  return (
    <Menu
      trigger={
        <Chip hasMenu>
          {words}
          {main !== null && t('item.andMore', { count: tracks.length - 1 })}
        </Chip>
      }
    >
      {tracks.map((track) => (
        <MenuItem
          key={track.streamId}
          isDisabled
          hint={track.codec.toUpperCase()}
          detail={track === main ? t('item.standard') : undefined}
          onSelect={() => undefined}
        >
          {track.label}
        </MenuItem>
      ))}
    </Menu>
  )
}
