import { useQueryClient } from '@tanstack/react-query'
import type { ChosenTracks, Item, MediaPart, MediaVersion } from '../../../src-preload/contract/index.ts'
import { callKey, useAct } from '../../lib/rpc/index.ts'
import { plainAudio, tracksOf } from '../../player/quality-tracks.ts'

/** Remembers sound and subtitles for every part of a version; the page shows it at once, and the core's word after. */
export function useChooseTracks(item: Item, version: MediaVersion): (next: Partial<ChosenTracks>) => void {
  const queries = useQueryClient()
  const act = useAct('playback.setTracks')
  const key = callKey('library.getItem', { sourceId: item.sourceId, ratingKey: item.ratingKey })
  const [first] = version.parts

  return (next) => {
    if (first === undefined) return
    const chosen = new Map(version.parts.map((part) => [part, chosenIn(part, first, next)]))
    queries.setQueryData<Item>(key, (was) => was && withChosen(was, chosen))
    for (const [{ mediaId }, tracks] of chosen)
      act.mutate(
        { sourceId: item.sourceId, mediaId, ...tracks },
        { onSettled: () => void queries.invalidateQueries({ queryKey: key }) },
      )
  }
}

/** The same choice in another part: its tracks have ids of their own and the same order. */
function chosenIn(part: MediaPart, first: MediaPart, next: Partial<ChosenTracks>): ChosenTracks {
  const same = (kind: 'audio' | 'subtitle', id: string | null): string | null => {
    const at = tracksOf(first, kind).findIndex(({ streamId }) => streamId === id)
    return tracksOf(part, kind)[at]?.streamId ?? null
  }
  const { audioId, subtitleId } = { ...first.chosen, ...next }
  const audio = same('audio', audioId)
  return {
    audioId: audio === plainAudio(part)?.streamId ? null : audio,
    subtitleId: same('subtitle', subtitleId),
  }
}

function withChosen(item: Item, chosen: ReadonlyMap<MediaPart, ChosenTracks>): Item {
  const idsOf = new Map([...chosen].map(([{ mediaId }, tracks]) => [mediaId, tracks]))
  return {
    ...item,
    versions: item.versions.map((version) => ({
      ...version,
      parts: version.parts.map((part) => ({ ...part, chosen: idsOf.get(part.mediaId) ?? part.chosen })),
    })),
  }
}
