import { isAbort } from '../base/control.ts'
import { rangeHeader, type ByteRequest, type UpstreamReply } from '../cache/upstream.ts'
import type { FetchedBody, LibraryClient, SectionItemsQuery } from '../library/library-port.ts'
import { identityHeaders, type ClientIdentity } from './client-identity.ts'
import { parseJson } from './decode/container.ts'
import {
  decodeChildren,
  decodeHubItems,
  decodeItem,
  decodeItems,
  decodePage,
  decodeTermination,
} from './decode/items.ts'
import { decodeSections, decodeServerInfo, type PlexServerInfo } from './decode/server.ts'
import type { PlexIdentity, PlexItem, PlexItemPage, PlexSection } from './model.ts'
import { maxJsonBytes, PlexConnection } from './plex-connection.ts'
import { libraryIdentifier, metadataPath } from './plex-paths.ts'
import type { QueryParameters } from './query-text.ts'
import { expectSuccess, readBody } from './reply-status.ts'
import { timelineRequest, type TimelineReport } from './timeline-report.ts'

const imageBytes = 16 * 1024 * 1024
const subtitleBytes = 16 * 1024 * 1024
const thumbnailBytes = 64 * 1024 * 1024

/** One Plex server. Every method throws SpoolErrors only, and none with the token in it. */
export class PlexClient extends PlexConnection implements LibraryClient {
  async getIdentity(signal?: AbortSignal): Promise<PlexIdentity> {
    return decodeServerInfo(await this.getJson({ path: '/identity' }, signal))
  }

  /** `/`: needs a valid token. */
  async getServerInfo(signal?: AbortSignal): Promise<PlexServerInfo> {
    return decodeServerInfo(await this.getJson({ path: '/' }, signal))
  }

  async getSections(signal?: AbortSignal): Promise<readonly PlexSection[]> {
    return decodeSections(await this.getJson({ path: '/library/sections' }, signal))
  }

  async getSectionItems(
    sectionId: string,
    query: SectionItemsQuery,
    signal?: AbortSignal,
  ): Promise<PlexItemPage> {
    const json = await this.getJson(
      {
        path: `/library/sections/${encodeURIComponent(sectionId)}/all`,
        query: [['type', typeNumbers[query.type]], ['sort', query.sort], ...page(query.offset, query.limit)],
      },
      signal,
    )
    return decodePage(json, query.offset)
  }

  async getItem(ratingKey: string, signal?: AbortSignal): Promise<PlexItem> {
    const json = await this.getJson(
      {
        path: metadataPath(ratingKey),
        query: [
          ['includeChapters', 1],
          ['includeMarkers', 1],
        ],
      },
      signal,
    )
    return decodeItem(json, ratingKey)
  }

  async getChildren(ratingKey: string, signal?: AbortSignal): Promise<readonly PlexItem[]> {
    const json = await this.getJson({ path: `${metadataPath(ratingKey)}/children` }, signal)
    return decodeChildren(json, ratingKey)
  }

  async getContinueWatching(signal?: AbortSignal): Promise<readonly PlexItem[]> {
    const hubs = await this.getOptional({ path: '/hubs/continueWatching' }, signal)
    if (hubs !== null) return decodeHubItems(hubs)
    const onDeck = await this.getOptional({ path: '/library/onDeck' }, signal)
    return onDeck === null ? [] : decodeItems(onDeck)
  }

  /** Titles of a section, latest first. For a section of shows: the shows. */
  async getRecentlyAdded(
    sectionId: string,
    limit: number,
    signal?: AbortSignal,
  ): Promise<readonly PlexItem[]> {
    const json = await this.getJson(
      {
        path: `/library/sections/${encodeURIComponent(sectionId)}/all`,
        query: [['sort', 'addedAt:desc'], ...page(0, limit)],
      },
      signal,
    )
    return decodeItems(json)
  }

  async search(query: string, signal?: AbortSignal): Promise<readonly PlexItem[]> {
    // A blank query is answered 400, a `limit` of 0 with 500.
    if (query.trim() === '') return []
    const json = await this.getOptional(
      {
        path: '/hubs/search',
        query: [
          ['query', query.trim()],
          ['limit', 20],
        ],
      },
      signal,
    )
    return json === null ? [] : decodeHubItems(json)
  }

  async setWatched(ratingKey: string, isWatched: boolean, signal?: AbortSignal): Promise<void> {
    await this.command(
      {
        method: 'PUT',
        path: isWatched ? '/:/scrobble' : '/:/unscrobble',
        query: [
          ['key', ratingKey],
          ['identifier', libraryIdentifier],
        ],
      },
      signal,
    )
  }

  /**
   * Chooses the tracks a transcode of this part is made from: the server keeps that per user, and reads it at the decision.
   * Null leaves what is chosen there, which every device of this user goes by.
   */
  async selectStreams(
    partId: string,
    audioStreamId: string | null,
    subtitleStreamId: string | null,
    signal?: AbortSignal,
  ): Promise<void> {
    await this.command(
      {
        method: 'PUT',
        path: `/library/parts/${encodeURIComponent(partId)}`,
        query: [
          ...(audioStreamId === null ? [] : ([['audioStreamID', audioStreamId]] as const)),
          ...(subtitleStreamId === null ? [] : ([['subtitleStreamID', subtitleStreamId]] as const)),
        ],
      },
      signal,
    )
  }

  /** Resolves to the server's reason when it ended the playback, else null. */
  async sendTimeline(report: TimelineReport, signal?: AbortSignal): Promise<string | null> {
    const reply = await this.send(timelineRequest(report), signal)
    const body = await readBody(expectSuccess(reply), maxJsonBytes)
    try {
      return decodeTermination(parseJson(Buffer.from(body).toString('utf8')))
    } catch (error) {
      if (isAbort(error)) throw error
      return null
    }
  }

  async getImage(path: string, width: number, height: number, signal?: AbortSignal): Promise<FetchedBody> {
    const query: QueryParameters = [
      ['url', path],
      ['width', Math.max(1, Math.round(width))],
      ['height', Math.max(1, Math.round(height))],
      ['minSize', 1],
      ['upscale', 0],
    ]
    return this.fetchBody(
      { path: '/photo/:/transcode', query, headers: { Accept: 'image/*' } },
      imageBytes,
      signal,
    )
  }

  async getSubtitle(key: string, signal?: AbortSignal): Promise<FetchedBody> {
    const query: QueryParameters = [['encoding', 'utf-8']]
    return this.fetchBody({ path: key, query, headers: { Accept: '*/*' } }, subtitleBytes, signal)
  }

  /** The whole index of a part's seek-bar thumbnails, as BIF. */
  async getThumbnails(partId: string, name: string, signal?: AbortSignal): Promise<FetchedBody> {
    const path = `/library/parts/${encodeURIComponent(partId)}/indexes/${encodeURIComponent(name)}`
    return this.fetchBody({ path, headers: { Accept: '*/*' } }, thumbnailBytes, signal)
  }

  /** Bytes of a file. Any status is a reply. */
  async fetchPart(
    key: string,
    asked: ByteRequest,
    session: { readonly identifier: string; readonly identity: ClientIdentity },
    signal?: AbortSignal,
  ): Promise<UpstreamReply> {
    const headers = {
      ...identityHeaders(session.identity),
      Accept: '*/*',
      // Bytes are kept as they lie in the file.
      'Accept-Encoding': 'identity',
      Range: rangeHeader(asked),
      ...(asked.ifRange ? { 'If-Range': asked.ifRange } : {}),
      // Without it the server makes up a session of its own, which ends a transcode of the same client.
      'X-Plex-Session-Identifier': session.identifier,
    }
    return this.send({ path: key, headers }, signal)
  }
}

/** `type=` of a listing. */
const typeNumbers = { movie: 1, show: 2, season: 3, episode: 4 } as const

/** As query parameters, a size without a start is ignored: always both. */
const page = (offset: number, limit: number): QueryParameters => [
  ['X-Plex-Container-Start', offset],
  ['X-Plex-Container-Size', limit],
]
