/** What may be served under its own name. Anything else goes out as bytes that no page executes or renders. */
const served: ReadonlySet<string> = new Set([
  'video/mp4',
  'video/x-m4v',
  'video/quicktime',
  'video/x-matroska',
  'video/webm',
  'video/mp2t',
  'video/iso.segment',
  'audio/mp4',
  'audio/mpeg',
  'application/vnd.apple.mpegurl',
  'text/vtt',
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/avif',
  'image/gif',
])

/** The `Content-Type` for bytes that came as `mime` from outside. */
export function contentTypeOf(mime: string): string {
  const bare = mime.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (bare === 'text/vtt') return 'text/vtt; charset=utf-8'
  return served.has(bare) ? bare : 'application/octet-stream'
}

export const isImage = (mime: string): boolean => contentTypeOf(mime).startsWith('image/')
