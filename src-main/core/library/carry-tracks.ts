import type { ChosenTracks, MediaId } from '../../../src-preload/contract/index.ts'
import type { PlexItem, PlexPart, PlexStream } from '../plex/model.ts'
import type { ItemStore } from './item-store.ts'
import type { TrackLookup } from './library-port.ts'
import { parseMediaId } from './media-id.ts'
import { isTextSubtitle } from './subtitle-store.ts'

/** What is chosen for each file of an item: by a person for that file; else, for an episode, what was chosen last in its show. */
export function chosenTracksOf(
  sourceId: string,
  item: PlexItem,
  tracks: TrackLookup,
  store: Pick<ItemStore, 'get'>,
): (mediaId: MediaId, part: PlexPart) => ChosenTracks | null {
  const showKey = item.type === 'episode' ? item.grandparentRatingKey : null
  return (mediaId, part) => {
    const own = tracks.get(sourceId, mediaId)
    if (own !== null || showKey === null) return own
    const last = tracks.getLatestOfShow(sourceId, showKey)
    const address = last === null ? null : parseMediaId(last.mediaId)
    if (last === null || address === null) return null
    const parts = store.get(sourceId, address.ratingKey)?.item.media.flatMap((media) => media.parts)
    const from = parts?.find(({ id }) => id === address.partId)
    return from === undefined ? null : carryTracks(last, from, part)
  }
}

/**
 * What somebody chose for one file, in another of the same show: streams have ids of their own there, so languages are gone by. Of several in
 * that language the one named alike, else the first. What is not there is what everybody gets: the plain sound, no subtitles.
 */
export function carryTracks(chosen: ChosenTracks, from: PlexPart, to: PlexPart): ChosenTracks {
  const audio = alike(from, to, 'audio', chosen.audioId)
  const isPlain = audio !== null && audio === plainAudio(to)
  return {
    audioId: isPlain ? null : (audio?.id ?? null),
    subtitleId: alike(from, to, 'subtitle', chosen.subtitleId)?.id ?? null,
  }
}

function alike(from: PlexPart, to: PlexPart, kind: PlexStream['kind'], id: string | null): PlexStream | null {
  const was =
    id === null ? undefined : from.streams.find((stream) => stream.kind === kind && stream.id === id)
  const language = was === undefined ? null : languageOf(was)
  if (was === undefined || language === null) return null
  const same = to.streams.filter((stream) => stream.kind === kind && languageOf(stream) === language)
  const named = same.find(({ displayTitle }) => displayTitle === was.displayTitle)
  // Subtitles that are drawn into the picture are another quality: nobody is to get one who chose text.
  return named ?? same.find((stream) => isTextSubtitle(stream) === isTextSubtitle(was)) ?? null
}

const languageOf = ({ languageTag, language }: PlexStream): string | null => languageTag ?? language

/** The sound that everybody gets. */
function plainAudio({ streams }: PlexPart): PlexStream | null {
  const sounds = streams.filter(({ kind }) => kind === 'audio')
  return sounds.find(({ isDefault }) => isDefault) ?? sounds[0] ?? null
}
