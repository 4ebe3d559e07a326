import { canonicalQuery, type TranscodeHttpRequest } from './request.ts'

/** Platforms that a Plex Media Server has profiles for and clients have been seen to use. */
const KNOWN_PLATFORMS = ['Generic', 'Chrome', 'iOS', 'Android', 'Roku']
const REQUIRED = [
  'X-Plex-Session-Identifier',
  'X-Plex-Client-Identifier',
  'X-Plex-Product',
  'X-Plex-Platform',
]

/**
 * Why a transcode request is refused with 400, or null. A real server does not say; ours writes the reason to its log.
 * Each rule was observed on Plex Media Server 1.43.
 */
export function requestProblem(http: TranscodeHttpRequest, protocol: 'hls' | 'http' = 'hls'): string | null {
  const missing = REQUIRED.find((name) => !http.parameter(name))
  if (missing) return `${missing} is missing`
  const platform = http.parameter('X-Plex-Platform')!
  if (!KNOWN_PLATFORMS.includes(platform)) return `no profile for platform ${platform}`
  if (!/^\/library\/metadata\/\d+$/.test(http.query.get('path') ?? '')) return 'path names no item'
  if (hasRawReservedCharacters(http.rawQuery)) {
    return "X-Plex-Client-Profile-Extra has an unencoded one of ( ) * ' !"
  }
  if (http.query.get('directPlay') === '1' && http.query.get('subtitles') === 'burn') {
    return 'directPlay with subtitles=burn'
  }
  if ((http.query.get('protocol') ?? protocol) !== protocol) return `only protocol=${protocol} is served here`
  return null
}

/** `encodeURIComponent` leaves ( ) * ' ! as they are, and the server then misreads the profile. */
function hasRawReservedCharacters(rawQuery: string): boolean {
  const pair = rawQuery.split('&').find((each) => each.startsWith('X-Plex-Client-Profile-Extra='))
  return pair !== undefined && /[()*'!]/.test(pair)
}

/** Why `start` is refused although the request itself is in order: it must repeat a decision to the letter. */
export function startProblem(rawQuery: string, decidedQuery: string | null): string | null {
  if (decidedQuery === null) return 'no decision for this session'
  return canonicalQuery(rawQuery) === canonicalQuery(decidedQuery)
    ? null
    : 'parameters differ from the decision'
}
