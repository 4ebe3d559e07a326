/**
 * Server paths that are pictures of metadata: everything else is refused, so that the page cannot make the core fetch what it likes.
 * Shapes after the Plex Media Server API 1.1.1: `/library/metadata/<id>/thumb/<stamp>`, composites of collections and sections.
 */
const imagePath =
  /^\/library\/(?:metadata|collections|sections)\/[A-Za-z0-9_-]+\/(?:thumb|art|banner|clearLogo|composite)\/\d+$/

export const isImagePath = (path: string): boolean => imagePath.test(path)

/** Path on the page's origin for a picture; the page appends `&w=&h=`. Null for what is no picture of this server. */
export function imageUrl(sourceId: string, path: string | null): string | null {
  if (path === null || !isImagePath(path)) return null
  return `/image/${encodeURIComponent(sourceId)}?path=${encodeURIComponent(path)}`
}

/** Path on the page's origin for seek-bar thumbnails of a part; the page appends `?at=<ms>`. */
export const thumbnailUrl = (sourceId: string, mediaId: string): string =>
  `/thumbnail/${encodeURIComponent(sourceId)}/${encodeURIComponent(mediaId)}`

/** Path on the page's origin that gives a text subtitle as WebVTT. */
export const subtitleUrl = (sourceId: string, streamId: string): string =>
  `/subtitle/${encodeURIComponent(sourceId)}/${encodeURIComponent(streamId)}.vtt`
