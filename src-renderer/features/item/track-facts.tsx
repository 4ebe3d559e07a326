import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { ChosenTracks, Item, MediaTrack, MediaVersion } from '../../../src-preload/contract/index.ts'
import type { QualityChoice } from '../../lib/items/play-plan.ts'
import { useCall } from '../../lib/rpc/index.ts'
import { type TrackWay, plainAudio, trackWay, tracksOf } from '../../player/quality-tracks.ts'
import { Chip, Fact } from '../../ui/chip.tsx'
import { Menu, MenuChoice, MenuOption } from '../../ui/menu.tsx'
import styles from './details.module.css'
import { useChooseTracks } from './use-choose-tracks.ts'

/** Which file it is, and how it shall sound and read: chosen here, it plays so; the player remembers what was chosen there. */
export function TrackFacts({
  item,
  version,
  choice,
  onVersion,
}: {
  readonly item: Item
  readonly version: MediaVersion
  readonly choice: QualityChoice
  readonly onVersion: (versionId: string) => void
}): ReactNode {
  const { t } = useTranslation()
  const part = version.parts[0] ?? null
  const audio = tracksOf(part, 'audio')
  const subtitles = tracksOf(part, 'subtitle')
  const chosen = part?.chosen ?? { audioId: null, subtitleId: null }
  const choose = useChooseTracks(item, version)
  const { data: sources } = useCall('library.getSources', {})
  const isOnline = sources?.find(({ sourceId }) => sourceId === item.sourceId)?.connection !== 'offline'
  const wayOf = (next: Partial<ChosenTracks>): TrackWay =>
    trackWay(part, choice, { ...chosen, ...next }, isOnline)
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
      <Tracks
        name={t('item.audio')}
        tracks={audio}
        chosenId={chosen.audioId ?? plainAudio(part)?.streamId ?? null}
        wayOf={(audioId) => wayOf({ audioId })}
        onChoose={(audioId) => choose({ audioId })}
      />
      <Tracks
        name={t('item.subtitles')}
        tracks={subtitles}
        chosenId={chosen.subtitleId}
        none={t('item.off')}
        wayOf={(subtitleId) => wayOf({ subtitleId })}
        onChoose={(subtitleId) => choose({ subtitleId })}
      />
    </div>
  )
}

function Tracks({
  name,
  tracks,
  chosenId,
  none,
  wayOf,
  onChoose,
}: {
  readonly name: string
  readonly tracks: readonly MediaTrack[]
  readonly chosenId: string | null
  /** What it is called when none of them is on; without it one always is. */
  readonly none?: string
  readonly wayOf: (streamId: string) => TrackWay
  readonly onChoose: (streamId: string | null) => void
}): ReactNode {
  const { t } = useTranslation()
  const [first] = tracks
  if (first === undefined) return null
  const chosen = tracks.find(({ streamId }) => streamId === chosenId)
  const words = `${name}: ${chosen?.label ?? none ?? first.label}`
  if (none === undefined && tracks.length === 1) return <Fact>{words}</Fact>
  return (
    <Menu
      trigger={
        <Chip hasMenu>
          {words}
          {tracks.length > 1 && t('item.andMore', { count: tracks.length - 1 })}
        </Chip>
      }
    >
      <MenuChoice
        value={chosen?.streamId ?? off}
        onChange={(value) => onChoose(value === off ? null : value)}
      >
        {none !== undefined && <MenuOption value={off}>{none}</MenuOption>}
        {tracks.map((track) => {
          const way = track.url === null ? wayOf(track.streamId) : 'as-it-is'
          return (
            <MenuOption
              key={track.streamId}
              value={track.streamId}
              isDisabled={way === 'impossible'}
              detail={way === 'as-it-is' ? undefined : t(`player.trackWay.${way}`)}
            >
              {track.label}
            </MenuOption>
          )
        })}
      </MenuChoice>
    </Menu>
  )
}

/** No stream is called so: their ids are numbers. */
const off = 'off'
