/** From an allow-list: a server must not choose what kind of file lies on this disk. */
const extensions: Readonly<Record<string, string>> = {
  'video/mp4': 'mp4',
  'video/x-m4v': 'mp4',
  'video/quicktime': 'mov',
  'video/x-matroska': 'mkv',
  'video/matroska': 'mkv',
  'video/webm': 'webm',
  'video/mp2t': 'ts',
  'video/mpeg': 'mpg',
  'video/x-msvideo': 'avi',
  'audio/mpeg': 'mp3',
  'audio/mp4': 'm4a',
  'audio/flac': 'flac',
  'audio/ogg': 'ogg',
}

/** Name of the one file of a byte-range generation. */
export function mediaFileName(mime: string): string {
  const essence = mime.replace(/;.*/s, '').trim().toLowerCase()
  return `media.${extensions[essence] ?? 'bin'}`
}
