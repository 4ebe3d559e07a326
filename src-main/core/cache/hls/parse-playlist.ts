import { Parser, type M3u8ByteRange, type M3u8Key, type M3u8Manifest, type M3u8Segment } from 'm3u8-parser'
import { SpoolError } from '../../spool-error.ts'
import type {
  MasterPlaylist,
  MediaPlaylist,
  Playlist,
  PlaylistByteRange,
  PlaylistKey,
  PlaylistSegment,
} from './playlist-model.ts'

/** A day of one-second segments with long session URIs stays below. */
const maxTextLength = 16 * 1024 * 1024
const maxSegments = 100_000
const maxSegmentUs = 3600 * 1_000_000

const refuse = (detail: string, cause?: unknown): never => {
  throw new SpoolError('bad-playlist', { detail, cause })
}

/**
 * Reads an HLS playlist (RFC 8216) that lists a whole title. Live and EVENT playlists, playlists without an end and
 * anything that is not a playlist throw `bad-playlist`; nothing else is ever thrown.
 * With `baseUrl`, URIs come back absolute; without, as they stand.
 */
export function parsePlaylist(text: string, baseUrl?: string): Playlist {
  if (text.length > maxTextLength) return refuse(`longer than ${maxTextLength} characters`)
  const trimmed = text.replace(/^\uFEFF/, '')
  if (!/^#EXTM3U[ \t]*(\r?\n|$)/.test(trimmed)) return refuse('does not begin with #EXTM3U')
  const manifest = readManifest(trimmed)
  const resolve = resolver(baseUrl)
  if (manifest.playlists !== undefined && manifest.playlists.length > 0) return master(manifest, resolve)
  return media(manifest, trimmed, resolve)
}

/** {@link parsePlaylist} for where only a list of segments will do. */
export function parseMediaPlaylist(text: string): MediaPlaylist {
  const playlist = parsePlaylist(text)
  return playlist.kind === 'media' ? playlist : refuse('lists variants instead of segments')
}

function readManifest(text: string): M3u8Manifest {
  try {
    const parser = new Parser()
    parser.push(text)
    parser.end()
    return parser.manifest
  } catch (cause) {
    // m3u8-parser 7.2 throws TypeErrors, for one on an IV that is not 32 hex digits.
    return refuse('cannot be read', cause)
  }
}

type Resolve = (uri: string) => string

function resolver(baseUrl: string | undefined): Resolve {
  if (baseUrl === undefined) return (uri) => uri
  return (uri) => URL.parse(uri, baseUrl)?.href ?? refuse('a URI cannot be resolved')
}

function master(manifest: M3u8Manifest, resolve: Resolve): MasterPlaylist {
  const variants = (manifest.playlists ?? []).map(({ uri, attributes }) => ({
    uri: resolve(uri ?? refuse('a variant has no URI')),
    bandwidthBps: positiveInteger(attributes?.BANDWIDTH),
    width: positiveInteger(attributes?.RESOLUTION?.width),
    height: positiveInteger(attributes?.RESOLUTION?.height),
  }))
  return { kind: 'master', variants }
}

function media(manifest: M3u8Manifest, text: string, resolve: Resolve): MediaPlaylist {
  if (manifest.playlistType === 'EVENT') refuse('is still growing')
  if (manifest.endList !== true) refuse('has no end')
  if (manifest.contentProtection !== undefined) refuse('is protected')
  const segments = manifest.segments ?? []
  if (segments.length === 0) refuse('lists no segments')
  if (segments.length > maxSegments) refuse(`lists ${segments.length} segments`)
  // The parser makes up a duration where there is none or 0; our own count of sound EXTINF lines tells.
  const durations = text.match(/^#EXTINF:[ \t]*\d+(\.\d+)?[ \t]*(,.*)?\r?$/gm)?.length ?? 0
  if (durations !== segments.length) refuse('a segment has no sound duration')
  const targetDurationS = positiveInteger(manifest.targetDuration) ?? refuse('has no target duration')
  return {
    kind: 'media',
    targetDurationS,
    mediaSequence: Number.isSafeInteger(manifest.mediaSequence) ? (manifest.mediaSequence ?? 0) : 0,
    segments: segments.map((segment) => mediaSegment(segment, resolve)),
  }
}

function mediaSegment(segment: M3u8Segment, resolve: Resolve): PlaylistSegment {
  const durationUs = Math.round((segment.duration ?? 0) * 1e6)
  // 0.01 s is what m3u8-parser puts for 0; no real segment is that short.
  if (!(durationUs > 10_000 && durationUs <= maxSegmentUs)) refuse(`a segment lasts ${segment.duration} s`)
  const { map, key } = segment
  return {
    uri: resolve(segment.uri ?? refuse('a segment has no URI')),
    durationUs,
    isDiscontinuity: segment.discontinuity === true,
    byteRange: byteRange(segment.byterange),
    map:
      map === undefined
        ? null
        : {
            uri: resolve(map.uri ?? refuse('EXT-X-MAP has no URI')),
            byteRange: byteRange(map.byterange),
            key: playlistKey(map.key, resolve),
          },
    key: playlistKey(key, resolve),
  }
}

function playlistKey(key: M3u8Key | undefined, resolve: Resolve): PlaylistKey | null {
  if (key === undefined) return null
  return {
    method: key.method ?? 'AES-128',
    uri: key.uri === undefined ? null : resolve(key.uri),
    iv: key.iv === undefined ? null : hex(key.iv),
  }
}

function byteRange(range: M3u8ByteRange | undefined): PlaylistByteRange | null {
  if (range === undefined) return null
  const lengthBytes = range.length ?? -1
  const offsetBytes = range.offset ?? 0
  if (
    !Number.isSafeInteger(lengthBytes) ||
    lengthBytes <= 0 ||
    !Number.isSafeInteger(offsetBytes) ||
    offsetBytes < 0
  )
    return refuse('a byte range is not sound')
  return { lengthBytes, offsetBytes }
}

const hex = (words: Uint32Array): string =>
  [...words].map((word) => word.toString(16).padStart(8, '0')).join('')

const positiveInteger = (value: number | undefined): number | null =>
  value !== undefined && Number.isSafeInteger(value) && value > 0 ? value : null
