/** What a media path names. Entries go by number, never by a path of the disk or the server. */
export type MediaRoute =
  | { readonly kind: 'file'; readonly entryId: number; readonly token: string | null }
  | { readonly kind: 'playlist'; readonly entryId: number; readonly token: string | null }
  | {
      readonly kind: 'segment'
      readonly entryId: number
      readonly name: string
      readonly token: string | null
    }
  /** Every rung of an entry's part, as one playlist. */
  | { readonly kind: 'ladder'; readonly entryId: number }
  /** The playlist of another quality of an entry's part. */
  | { readonly kind: 'rung'; readonly entryId: number; readonly quality: string }
  | { readonly kind: 'image'; readonly sourceId: string }
  | { readonly kind: 'subtitle'; readonly sourceId: string; readonly streamId: string }
  | { readonly kind: 'thumbnail'; readonly sourceId: string; readonly mediaId: string }

/** The first parts of the paths that belong to the media handler. `x`: for other programs, with a token of its own. */
export const mediaPrefixes = ['/media/', '/x/', '/image/', '/subtitle/', '/thumbnail/'] as const

export const isMediaPath = (pathname: string): boolean =>
  mediaPrefixes.some((prefix) => pathname.startsWith(prefix))

const entryPattern =
  /^\/(?:media\/(?<page>[1-9]\d{0,14})|x\/(?<external>[1-9]\d{0,14})\/(?<token>[\w-]{1,128}))\/(?<name>[\w.-]{1,64})$/
const subtitlePattern = /^\/subtitle\/(?<source>[^/]{1,200})\/(?<stream>[\w%.~-]{1,200})\.vtt$/
const thumbnailPattern = /^\/thumbnail\/(?<source>[^/]{1,200})\/(?<media>[^/]{1,400})$/
const imagePattern = /^\/image\/(?<source>[^/]{1,200})$/

/** Null when nothing is ever found at this path. */
export function parseMediaRoute(pathname: string): MediaRoute | null {
  const entry = entryPattern.exec(pathname)?.groups
  if (entry) {
    const entryId = Number(entry['page'] ?? entry['external'])
    const token = entry['token'] ?? null
    const name = entry['name'] ?? ''
    if (/^file\.[a-z0-9]{1,5}$/.test(name)) return { kind: 'file', entryId, token }
    if (name === 'index.m3u8') return { kind: 'playlist', entryId, token }
    if (/^(?:\d{1,9}\.(?:ts|m4s)|init\.mp4)$/.test(name)) return { kind: 'segment', entryId, name, token }
    if (token !== null) return null
    if (name === 'ladder.m3u8') return { kind: 'ladder', entryId }
    return name.endsWith('.m3u8') ? { kind: 'rung', entryId, quality: name.slice(0, -5) } : null
  }
  const image = imagePattern.exec(pathname)?.groups
  if (image) {
    const sourceId = decode(image['source'])
    return sourceId === null ? null : { kind: 'image', sourceId }
  }
  const thumbnail = thumbnailPattern.exec(pathname)?.groups
  if (thumbnail) {
    const [sourceId, mediaId] = [decode(thumbnail['source']), decode(thumbnail['media'])]
    return sourceId === null || mediaId === null ? null : { kind: 'thumbnail', sourceId, mediaId }
  }
  const subtitle = subtitlePattern.exec(pathname)?.groups
  if (subtitle) {
    const [sourceId, streamId] = [decode(subtitle['source']), decode(subtitle['stream'])]
    return sourceId === null || streamId === null ? null : { kind: 'subtitle', sourceId, streamId }
  }
  return null
}

function decode(part: string | undefined): string | null {
  try {
    return part === undefined ? null : decodeURIComponent(part)
  } catch {
    return null
  }
}
