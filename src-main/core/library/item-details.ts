import type {
  Chapter,
  ChosenTracks,
  ConnectionKind,
  Item,
  ItemSummary,
  Marker,
  MediaId,
  MediaPart,
  MediaTrack,
  MediaVersion,
  Quality,
  Settings,
} from '../../../src-preload/contract/index.ts'
import type { ShelfEntry } from '../cache/handle.ts'
import type { PlexItem, PlexMedia, PlexPart, PlexStream } from '../plex/model.ts'
import type { Capabilities } from '../quality/capabilities.ts'
import { planQuality } from '../quality/planner.ts'
import { codecName, mediaLabel } from '../quality/quality-label.ts'
import { buildQualityOptions } from '../quality/quality-options.ts'
import type { RungRates } from '../quality/rung-rates.ts'
import type { SourceLimit } from '../quality/source-limit.ts'
import { formatMediaId } from './media-id.ts'
import { subtitleUrl, thumbnailUrl } from './page-urls.ts'
import { isTextSubtitle } from './subtitle-store.ts'

/** What details need besides the item. */
export interface DetailsContext {
  readonly shelves: ReadonlyMap<MediaId, ReadonlyMap<Quality, ShelfEntry>>
  readonly connection: ConnectionKind
  readonly defaultQuality: Settings['defaultQuality']
  readonly isRemembered: boolean
  readonly chosenTracks: (mediaId: MediaId, part: PlexPart) => ChosenTracks | null
  readonly capabilities: Capabilities
  readonly limit: SourceLimit | null
  /** What the link gave when it was last measured. */
  readonly linkKbps: number | null
  readonly rates: RungRates | undefined
}

/** The media ids of all parts of all versions. */
export const mediaIdsOf = (item: PlexItem): readonly MediaId[] =>
  item.media.flatMap((media) => media.parts.map((part) => mediaIdOf(item, media, part)))

const mediaIdOf = (item: PlexItem, media: PlexMedia, part: PlexPart): MediaId =>
  formatMediaId({ ratingKey: item.ratingKey, versionId: media.id, partId: part.id })

export function toItem(summary: ItemSummary, item: PlexItem, context: DetailsContext): Item {
  return {
    ...summary,
    summary: item.summary,
    tagline: item.tagline,
    contentRating: item.contentRating,
    rating: item.rating,
    genres: item.genres,
    directors: item.directors,
    cast: item.cast,
    chapters: item.chapters.map(({ title, startMs, endMs }, at): Chapter => ({
      title: title === '' ? `Chapter ${at + 1}` : title,
      startMs,
      endMs,
    })),
    markers: item.markers.flatMap(toMarker),
    versions: item.media.map((media) => toVersion(summary.sourceId, item, media, context)),
    isRemembered: context.isRemembered,
  }
}

function toMarker({ type, startMs, endMs }: PlexItem['markers'][number]): readonly Marker[] {
  return type === 'intro' || type === 'credits' || type === 'commercial'
    ? [{ kind: type, startMs, endMs }]
    : []
}

function toVersion(
  sourceId: string,
  item: PlexItem,
  media: PlexMedia,
  context: DetailsContext,
): MediaVersion {
  const label = mediaLabel(media)
  return {
    versionId: media.id,
    label: media.title === null || media.title === '' ? label : `${media.title} · ${label}`,
    parts: media.parts.map((part): MediaPart => {
      const mediaId = mediaIdOf(item, media, part)
      const { connection, defaultQuality, capabilities, limit, linkKbps } = context
      const known = { key: { sourceId, mediaId }, media, part, capabilities, connection, limit }
      const shelf = context.shelves.get(mediaId) ?? new Map<Quality, ShelfEntry>()
      const plan = planQuality({ ...known, defaultQuality, shelf, linkKbps })
      return {
        mediaId,
        durationMs: part.durationMs ?? media.durationMs ?? item.durationMs ?? 0,
        automatic: plan === null || plan.outcome === 'unplayable' ? null : plan.quality,
        qualities: buildQualityOptions({ ...known, shelf, rates: context.rates }),
        tracks: part.streams.flatMap((stream) => toTrack(sourceId, stream)),
        thumbnailUrl: part.thumbnails === undefined ? null : thumbnailUrl(sourceId, mediaId),
        chosen: knownTracks(part, context.chosenTracks(mediaId, part)),
      }
    }),
  }
}

/** What was chosen, as far as the file still has it. */
function knownTracks(part: PlexPart, chosen: ChosenTracks | null): ChosenTracks {
  const known = (kind: PlexStream['kind'], id: string | null | undefined): string | null =>
    part.streams.some((stream) => stream.kind === kind && stream.id === id) ? (id ?? null) : null
  return {
    audioId: known('audio', chosen?.audioId),
    subtitleId: known('subtitle', chosen?.subtitleId),
  }
}

function toTrack(sourceId: string, stream: PlexStream): readonly MediaTrack[] {
  if (stream.kind === 'video') return []
  return [
    {
      streamId: stream.id,
      kind: stream.kind,
      label: stream.displayTitle ?? stream.language ?? codecName(stream.codec),
      language: stream.languageTag ?? stream.language,
      codec: stream.codec,
      isDefault: stream.isDefault,
      url: isTextSubtitle(stream) ? subtitleUrl(sourceId, stream.id) : null,
    },
  ]
}
