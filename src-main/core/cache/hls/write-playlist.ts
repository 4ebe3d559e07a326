import type {
  MediaPlaylist,
  PlaylistByteRange,
  PlaylistKey,
  PlaylistMap,
  PlaylistSegment,
} from './playlist-model.ts'

/**
 * A media playlist as text: VOD, with its end. Says outright what the model says, so that reading it back gives the same: byte ranges with
 * their offsets, keys with their IV also where that follows from the media sequence. A key stands before the initialisation part that it
 * encrypts and no other (RFC 8216, 4.3.2.4 and 4.3.2.5).
 */
export function writePlaylist(playlist: MediaPlaylist): string {
  const { segments, mediaSequence } = playlist
  const longestS = segments.reduce((longest, { durationUs }) => Math.max(longest, durationUs), 0) / 1e6
  const lines = [
    '#EXTM3U',
    `#EXT-X-VERSION:${versionOf(segments)}`,
    // No EXTINF, rounded, may be longer than this (RFC 8216, 4.3.3.1), whatever the server wrote.
    `#EXT-X-TARGETDURATION:${Math.max(playlist.targetDurationS, Math.round(longestS))}`,
    `#EXT-X-MEDIA-SEQUENCE:${mediaSequence}`,
    '#EXT-X-PLAYLIST-TYPE:VOD',
  ]
  let key = 'NONE'
  let map: string | null = null
  const turnKey = (next: PlaylistKey | null, sequence: number | null): void => {
    const text = keyText(next, sequence)
    if (text !== key) lines.push(`#EXT-X-KEY:METHOD=${text}`)
    key = text
  }
  segments.forEach((segment, index) => {
    if (segment.isDiscontinuity) lines.push('#EXT-X-DISCONTINUITY')
    const nextMap = segment.map === null ? null : mapText(segment.map)
    if (segment.map !== null && nextMap !== map) {
      turnKey(segment.map.key, null)
      lines.push(`#EXT-X-MAP:${nextMap}`)
    }
    map = nextMap
    turnKey(segment.key, mediaSequence + index)
    if (segment.byteRange !== null) lines.push(`#EXT-X-BYTERANGE:${rangeText(segment.byteRange)}`)
    lines.push(`#EXTINF:${(segment.durationUs / 1e6).toFixed(6)},`, segment.uri)
  })
  lines.push('#EXT-X-ENDLIST', '')
  return lines.join('\n')
}

/** RFC 8216, 7: EXT-X-MAP without I-frames-only needs 6, byte ranges 4, fractional EXTINF 3 (and IVs 2). */
function versionOf(segments: readonly PlaylistSegment[]): number {
  if (segments.some(({ map }) => map !== null)) return 6
  return segments.some(({ byteRange }) => byteRange !== null) ? 4 : 3
}

/** `sequence` null: for an initialisation part, whose key must have an IV of its own. */
function keyText(key: PlaylistKey | null, sequence: number | null): string {
  if (key === null || key.method === 'NONE') return 'NONE'
  const iv = key.iv ?? sequence?.toString(16).padStart(32, '0') ?? null
  const uri = key.uri === null ? '' : `,URI="${quotable(key.uri)}"`
  return `${key.method}${uri}${iv === null ? '' : `,IV=0x${iv}`}`
}

function mapText({ uri, byteRange }: PlaylistMap): string {
  return `URI="${quotable(uri)}"${byteRange === null ? '' : `,BYTERANGE="${rangeText(byteRange)}"`}`
}

const rangeText = ({ lengthBytes, offsetBytes }: PlaylistByteRange): string => `${lengthBytes}@${offsetBytes}`

/** Attribute values in quotes hold neither quotes nor line ends. */
const quotable = (uri: string): string =>
  uri.replace(/["\r\n]/g, (character) => encodeURIComponent(character))
