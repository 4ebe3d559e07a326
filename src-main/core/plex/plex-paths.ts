/** What Plex calls the part of itself that keeps films and shows; watched marks and timelines must name it. */
export const libraryIdentifier = 'com.plexapp.plugins.library'

export const metadataPath = (ratingKey: string): string =>
  `/library/metadata/${encodeURIComponent(ratingKey)}`

/** `/video/:/transcode/universal/<action>`. */
export const transcodePath = (action: 'decision' | 'start.m3u8' | 'ping' | 'stop'): string =>
  `/video/:/transcode/universal/${action}`
