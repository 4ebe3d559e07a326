/** Content types of the containers Plex names. */
const mimes: Readonly<Record<string, string>> = {
  mp4: 'video/mp4',
  m4v: 'video/mp4',
  mov: 'video/quicktime',
  mkv: 'video/x-matroska',
  webm: 'video/webm',
  avi: 'video/x-msvideo',
  mpegts: 'video/mp2t',
  ts: 'video/mp2t',
  m2ts: 'video/mp2t',
  mpeg: 'video/mpeg',
  mpg: 'video/mpeg',
  wmv: 'video/x-ms-wmv',
  asf: 'video/x-ms-asf',
  flv: 'video/x-flv',
  ogg: 'video/ogg',
  ogv: 'video/ogg',
}

/** Content type of a file, by its container's name, else by the extension of its part key. */
export function containerMime(container: string | null, partKey: string): string {
  const extension = /\.([a-z0-9]+)$/i.exec(partKey)?.[1]?.toLowerCase() ?? ''
  return mimes[container?.toLowerCase() ?? ''] ?? mimes[extension] ?? 'application/octet-stream'
}
