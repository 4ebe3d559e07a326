import type { Database } from 'better-sqlite3'
import type { PlexItem, PlexStream } from '../plex/model.ts'

export interface StoredSubtitle {
  readonly streamKey: string
  readonly codec: string
  /** Null until it was fetched. */
  readonly vtt: string | null
}

/** Text subtitles of their own file, and their texts once fetched. */
export interface SubtitleStore {
  /** Remembers where the text subtitles of an item are fetched. */
  putStreams(sourceId: string, item: PlexItem): void
  get(sourceId: string, streamId: string): StoredSubtitle | null
  putText(sourceId: string, streamId: string, vtt: string): void
}

const textCodecs: ReadonlySet<string> = new Set(['srt', 'subrip', 'vtt', 'webvtt'])

/** True for subtitles the page can be given as WebVTT: text, and in a file of their own. */
export const isTextSubtitle = (stream: PlexStream): boolean =>
  stream.kind === 'subtitle' && stream.key !== null && textCodecs.has(stream.codec)

export function createSubtitleStore(db: Database): SubtitleStore {
  const upsert = db.prepare(`
    INSERT INTO library_subtitles (source_id, stream_id, stream_key, codec) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET stream_key = excluded.stream_key, codec = excluded.codec
    WHERE stream_key <> excluded.stream_key OR codec <> excluded.codec`)
  const select = db.prepare<[string, string], StoredSubtitle>(
    'SELECT stream_key AS streamKey, codec, vtt FROM library_subtitles WHERE source_id = ? AND stream_id = ?',
  )
  const update = db.prepare('UPDATE library_subtitles SET vtt = ? WHERE source_id = ? AND stream_id = ?')
  return {
    putStreams(sourceId, item) {
      const streams = item.media.flatMap((media) => media.parts.flatMap((part) => part.streams))
      for (const stream of streams.filter(isTextSubtitle))
        upsert.run(sourceId, stream.id, stream.key, stream.codec)
    },
    get: (sourceId, streamId) => select.get(sourceId, streamId) ?? null,
    putText: (sourceId, streamId, vtt) => void update.run(vtt, sourceId, streamId),
  }
}
