import {
  asMediaId,
  asQuality,
  asSourceId,
  type EntryState,
  type Quality,
} from '../../../../src-preload/contract/index.ts'
import type { ShelfEntry } from '../../cache/handle.ts'
import type { PlexMedia, PlexPart, PlexStream } from '../../plex/model.ts'

/** Builders for tests: a 1080p H.264 film at 12.4 Mbps, and what differs from it. */
export function makeMedia(
  more: Partial<PlexMedia> = {},
  streams: readonly Partial<PlexStream>[] = [{ kind: 'video' }, { kind: 'audio', codec: 'aac', id: '2' }],
): { readonly media: PlexMedia; readonly part: PlexPart } {
  const part: PlexPart = {
    id: '20',
    key: '/library/parts/20/1700000000/file.mp4',
    durationMs: 60_000,
    sizeBytes: 93_000_000,
    container: more.container ?? 'mp4',
    streams: streams.map((stream) => makeStream(stream)),
  }
  const media: PlexMedia = {
    id: '10',
    durationMs: 60_000,
    bitrateKbps: 12_400,
    width: 1920,
    height: 1080,
    videoResolution: '1080',
    videoCodec: 'h264',
    audioCodec: 'aac',
    audioChannels: 2,
    container: 'mp4',
    title: null,
    parts: [part],
    ...more,
  }
  return { media, part: media.parts[0] ?? part }
}

export const makeStream = (more: Partial<PlexStream> = {}): PlexStream => ({
  id: '1',
  kind: 'video',
  codec: 'h264',
  index: 0,
  isDefault: true,
  isSelected: false,
  language: null,
  languageTag: null,
  displayTitle: null,
  channels: null,
  bitrateKbps: null,
  width: null,
  height: null,
  frameRate: null,
  bitDepth: null,
  key: null,
  ...more,
})

export function makeShelf(
  rows: Readonly<Record<string, readonly [EntryState, bytesPresent: number, bytesTotal: number | null]>>,
): ReadonlyMap<Quality, ShelfEntry> {
  return new Map(
    Object.entries(rows).map(([name, [state, bytesPresent, bytesTotal]]) => {
      const quality = asQuality(name)
      const entry: ShelfEntry = {
        key: { sourceId: asSourceId('s'), mediaId: asMediaId('1:10:20'), quality },
        kind: name === 'original' ? 'file' : 'hls',
        state,
        isPinned: false,
        bytesPresent,
        bytesTotal,
        bytesTotalIsEstimate: name !== 'original' && state !== 'complete',
      }
      return [quality, entry]
    }),
  )
}
