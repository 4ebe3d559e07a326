/**
 * Branded identifiers. They are plain strings on the wire; the brand only keeps one from being passed for another.
 * Values from outside become branded in one place each: `parse…` in the core, `as…` here for constants and tests.
 */
declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

/** A Plex server's `machineIdentifier`: the only identity a server keeps when its address changes. */
export type SourceId = Branded<'SourceId'>

/** Names one playable part: item + version + part. Opaque outside `core/library/media-id.ts`. */
export type MediaId = Branded<'MediaId'>

/** A canonical quality name: `original` or a rung such as `720p-4000k`, with `.a<streamId>` / `.s<streamId>` when the picture or sound differs. */
export type Quality = Branded<'Quality'>

export const asSourceId = (value: string): SourceId => value as SourceId
export const asMediaId = (value: string): MediaId => value as MediaId
export const asQuality = (value: string): Quality => value as Quality

/** What one cache entry is keyed by. */
export interface CacheKey {
  readonly sourceId: SourceId
  readonly mediaId: MediaId
  readonly quality: Quality
}
