import type { PlexItem, PlexMedia, PlexPart } from '../plex/model.ts'

/** An item as it is remembered. */
export interface MergedItem {
  readonly item: PlexItem
  /** Every part has its streams, as the server gave them for these very files. */
  readonly hasStreams: boolean
}

/**
 * What to remember after a list named an item that was read in full before: the list's word on everything it carries, and the
 * streams, chapters and people only the full answer has, as long as they belong to the same files.
 */
export function mergeListRow(known: MergedItem | null, row: PlexItem): MergedItem {
  if (!known) return { item: row, hasStreams: hasAllStreams(row) }
  const media = row.media.map((version) => mergeMedia(known.item, version))
  const isSameFiles = row.media.every((version) => isSameVersion(known.item, version))
  const old = known.item
  const item: PlexItem = {
    ...old,
    ...saidBy(row),
    media,
    summary: row.summary === '' ? old.summary : row.summary,
    genres: longer(old.genres, row.genres),
    directors: longer(old.directors, row.directors),
    cast: longer(old.cast, row.cast),
    // Times into a file are of no use for another one.
    chapters: row.chapters.length > 0 || !isSameFiles ? row.chapters : old.chapters,
    markers: row.markers.length > 0 || !isSameFiles ? row.markers : old.markers,
  }
  return { item, hasStreams: hasAllStreams(item) }
}

/** False for an item without files, such as a show. */
export function hasAllStreams(item: PlexItem): boolean {
  const parts = item.media.flatMap((version) => version.parts)
  return parts.length > 0 && parts.every((part) => part.streams.length > 0)
}

/** Lists differ in what they leave out; only where a title was left is known to be gone when it is not there. */
function saidBy(row: PlexItem): Partial<PlexItem> {
  const fields = Object.entries(row).filter(([, value]) => value !== null)
  return { ...Object.fromEntries(fields), viewOffsetMs: row.viewOffsetMs, lastViewedAt: row.lastViewedAt }
}

/** Lists carry the first few of each. */
const longer = (old: readonly string[], fresh: readonly string[]): readonly string[] =>
  fresh.length > 0 && fresh.every((name, position) => old[position] === name)
    ? old
    : fresh.length > 0
      ? fresh
      : old

const knownPart = (known: PlexItem, version: PlexMedia, part: PlexPart): PlexPart | undefined =>
  known.media
    .find((old) => old.id === version.id)
    // The key carries the change stamp: another file, another key.
    ?.parts.find((old) => old.id === part.id && old.key === part.key && old.sizeBytes === part.sizeBytes)

const isSameVersion = (known: PlexItem, version: PlexMedia): boolean =>
  version.parts.every((part) => knownPart(known, version, part) !== undefined)

const mergeMedia = (known: PlexItem, version: PlexMedia): PlexMedia => ({
  ...version,
  parts: version.parts.map((part) =>
    part.streams.length > 0 ? part : { ...part, streams: knownPart(known, version, part)?.streams ?? [] },
  ),
})
