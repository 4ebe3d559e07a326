import type { CacheKey } from '../../../src-preload/contract/index.ts'
import type { Clock } from '../base/clock.ts'
import type { FileOrder, OrderState, ServerFiles } from '../cache/downloads/server-files.ts'
import { rangeHeader, type ByteSpan, type HlsPlan, type UpstreamReply } from '../cache/upstream.ts'
import { parseMediaId } from '../library/media-id.ts'
import { pictureOf } from '../quality/ladder.ts'
import { parseQuality } from '../quality/quality-name.ts'
import { SpoolError } from '../spool-error.ts'
import { addressKind } from './address-kind.ts'
import { checkDecision } from './check-decision.ts'
import { containerMime } from './container-mime.ts'
import { decodeDecision } from './decode/decision.ts'
import {
  decodeAddedItems,
  decodeQueueId,
  decodeQueueItems,
  type DownloadQueueItem,
} from './decode/download-queue.ts'
import { downloadQuery } from './download-parameters.ts'
import { findPart, type FoundPart } from './find-part.ts'
import { chooseTracks, type ChosenTracks } from './media-plan.ts'
import type { ItemLookup } from './model.ts'
import type { PlexClient } from './plex-client.ts'
import { statusError } from './reply-status.ts'
import type { UpstreamSources } from './upstream-sources.ts'

export interface PlexServerFilesOptions {
  readonly directory: UpstreamSources
  readonly items: ItemLookup
  readonly clock: Clock
}

/** Positions in `Media[]`, and what is chosen on a part, are looked up right before they are used. */
const indexAgeMs = 5_000
const shortestPollMs = 1_000
const longestPollMs = 30_000

/** What an older server, or one without the feature, answers to `POST /downloadQueue`. */
const withoutQueue: ReadonlySet<number> = new Set([400, 404, 405, 501])

export function createPlexServerFiles(options: PlexServerFilesOptions): ServerFiles {
  return new PlexServerFiles(options)
}

/**
 * The download queue of Plex Media Server 1.41.9 and later. It belongs to the client's own identifier: it runs beside what that plays,
 * unlike background reads, and a second identifier would count as a second remote stream.
 */
class PlexServerFiles implements ServerFiles {
  readonly #options: PlexServerFilesOptions
  /** How far an item was when it was last looked at. */
  readonly #seen = new Map<string, { readonly share: number; readonly atMs: number }>()

  constructor(options: PlexServerFilesOptions) {
    this.#options = options
  }

  async order(key: CacheKey, plan: HlsPlan, signal: AbortSignal): Promise<FileOrder | 'no-queue'> {
    const client = this.#options.directory.getClient(key.sourceId)
    const queueId = await this.#queueId(client, signal)
    if (queueId === null) return 'no-queue'
    const { found, tracks, ratingKey, rung } = await this.#wanted(key, signal)
    // A file of another version of the title must not take this one's place.
    if (found.part.key !== plan.partKey)
      throw new SpoolError('bad-reply', { detail: 'the file was replaced on the server' })
    const { mediaIndex, partIndex } = found
    const query = downloadQuery({
      ratingKey,
      mediaIndex,
      partIndex,
      rung,
      audioStreamId: tracks.audioStreamId,
      burnsSubtitle: tracks.burnedSubtitleId !== null,
      location: addressKind(new URL(client.origin).hostname),
    })
    const add = (): Promise<unknown> =>
      client.getJson({ method: 'POST', path: `/downloadQueue/${queueId}/add`, query }, signal)
    const [itemId] = decodeAddedItems(await withTracks(client, found, tracks, add, signal))
    if (itemId === undefined) throw new SpoolError('bad-reply', { detail: 'the order was not taken' })
    return { queueId, itemId }
  }

  async look(key: CacheKey, order: FileOrder, signal: AbortSignal): Promise<OrderState> {
    const client = this.#options.directory.getClient(key.sourceId)
    const json = await client.getOptional({ path: itemsPath(order) }, signal)
    const item = json === null ? undefined : decodeQueueItems(json).find(({ id }) => id === order.itemId)
    if (item === undefined || item.status === 'expired') return { state: 'gone' }
    if (item.refusal !== null)
      throw new SpoolError('source-refused', { detail: item.refusal.text ?? `code ${item.refusal.code}` })
    if (item.status === 'error')
      return { state: 'failed', detail: item.error ?? 'the server gives no reason' }
    if (item.status !== 'available') return this.#making(order, item)
    const decision = await client.getJson({ path: `${itemPath(order)}/decision` }, signal)
    const { address, tracks, rung, found } = await this.#wanted(key, signal)
    const decided = decodeDecision(decision)
    const expected = {
      versionId: address.versionId,
      partId: address.partId,
      ...tracks,
      picture: pictureOf(rung, found.version),
      bitrateKbps: rung.bitrateKbps,
      protocol: 'http',
    }
    if (checkDecision(decided, expected) === 'other-audio')
      throw new SpoolError('unplayable', { detail: 'the server takes another audio track' })
    const sizeBytes = await this.#sizeBytes(client, order, signal)
    if (sizeBytes === null) return this.#making(order, item)
    return { state: 'ready', mime: containerMime(decided.container, ''), sizeBytes, encode: item.encode }
  }

  async restart(sourceId: string, order: FileOrder, signal: AbortSignal): Promise<void> {
    const client = this.#options.directory.getClient(sourceId)
    await client.command({ method: 'POST', path: `${itemsPath(order)}/restart` }, signal)
  }

  fetch(sourceId: string, order: FileOrder, span: ByteSpan, signal: AbortSignal): Promise<UpstreamReply> {
    const headers = { Accept: '*/*', Range: rangeHeader(span) }
    const client = this.#options.directory.getClient(sourceId)
    return client.send({ path: `${itemPath(order)}/media`, headers }, signal)
  }

  async remove(sourceId: string, order: FileOrder, signal: AbortSignal): Promise<void> {
    const client = this.#options.directory.getClient(sourceId)
    const reply = await client.send({ method: 'DELETE', path: itemsPath(order) }, signal)
    reply.discard()
    this.#seen.delete(nameOf(order))
    if (reply.status !== 404 && reply.status >= 300)
      throw statusError(reply.status, reply.headers['retry-after'])
  }

  async list(sourceId: string, signal: AbortSignal): Promise<readonly FileOrder[] | 'no-queue'> {
    const client = this.#options.directory.getClient(sourceId)
    const queueId = await this.#queueId(client, signal)
    if (queueId === null) return 'no-queue'
    const json = await client.getJson({ path: `/downloadQueue/${queueId}/items` }, signal)
    return decodeQueueItems(json).map((item) => ({ queueId, itemId: item.id }))
  }

  /** This client's queue, made when there is none yet; null where there are no queues. */
  async #queueId(client: PlexClient, signal: AbortSignal): Promise<string | null> {
    const reply = await client.send({ method: 'POST', path: '/downloadQueue' }, signal)
    if (withoutQueue.has(reply.status)) {
      reply.discard()
      return null
    }
    const queueId = decodeQueueId(await client.readJson(reply))
    if (queueId === null) throw new SpoolError('bad-reply', { detail: 'no download queue in the reply' })
    return queueId
  }

  /** Null while the server says "not yet" after all. */
  async #sizeBytes(client: PlexClient, order: FileOrder, signal: AbortSignal): Promise<number | null> {
    const headers = { Accept: '*/*' }
    const reply = await client.send({ method: 'HEAD', path: `${itemPath(order)}/media`, headers }, signal)
    reply.discard()
    if (reply.status === 503) return null
    if (reply.status !== 200) throw statusError(reply.status, reply.headers['retry-after'])
    const sizeBytes = Number(reply.headers['content-length'])
    if (Number.isSafeInteger(sizeBytes) && sizeBytes > 0) return sizeBytes
    throw new SpoolError('bad-reply', { detail: 'a file without a length' })
  }

  async #wanted(key: CacheKey, signal: AbortSignal) {
    const address = parseMediaId(key.mediaId)
    const quality = parseQuality(key.quality)
    if (!address || quality?.rung == null) throw new SpoolError('unknown-quality')
    const item = await this.#options.items.getPlexItem(key.sourceId, address.ratingKey, indexAgeMs, signal)
    const found = findPart(item, address)
    if (!found) throw new SpoolError('unknown-media')
    const tracks = chooseTracks(found, quality)
    return { address, ratingKey: address.ratingKey, rung: quality.rung, found, tracks }
  }

  /** Looks again after a quarter of the time that is left at the present speed. */
  #making(order: FileOrder, { share }: DownloadQueueItem): OrderState {
    const atMs = this.#options.clock.monotonicMs()
    const before = this.#seen.get(nameOf(order))
    const gained = share === null || before === undefined ? 0 : share - before.share
    const leftMs =
      share !== null && before !== undefined && gained > 0 ? ((1 - share) / gained) * (atMs - before.atMs) : 0
    if (share !== null && (before === undefined || gained !== 0))
      this.#seen.set(nameOf(order), { share, atMs })
    const retryAfterMs = Math.min(longestPollMs, Math.max(shortestPollMs, leftMs / 4))
    return { state: 'making', share, retryAfterMs }
  }
}

/**
 * Runs `add` while the tracks are selected on the part that the file is to be made with: the server reads them there, and nowhere else.
 * What was selected before is selected again afterwards, as every device of this user goes by it.
 */
async function withTracks<T>(
  client: PlexClient,
  { part }: FoundPart,
  { audioStreamId, burnedSubtitleId }: ChosenTracks,
  add: () => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const selected = (kind: string): string | null =>
    part.streams.find((stream) => stream.kind === kind && stream.isSelected)?.id ?? null
  const isAudioChosen = audioStreamId === null || selected('audio') === audioStreamId
  const isSubtitleChosen = burnedSubtitleId === null || selected('subtitle') === burnedSubtitleId
  if (isAudioChosen && isSubtitleChosen) return add()
  await client.selectStreams(part.id, audioStreamId, burnedSubtitleId, signal)
  try {
    return await add()
  } finally {
    const subtitle = burnedSubtitleId === null ? null : (selected('subtitle') ?? '0')
    await client
      .selectStreams(part.id, selected('audio'), subtitle, AbortSignal.timeout(5_000))
      .catch(() => undefined)
  }
}

const itemsPath = ({ queueId, itemId }: FileOrder): string =>
  `/downloadQueue/${encodeURIComponent(queueId)}/items/${encodeURIComponent(itemId)}`
const itemPath = ({ queueId, itemId }: FileOrder): string =>
  `/downloadQueue/${encodeURIComponent(queueId)}/item/${encodeURIComponent(itemId)}`
const nameOf = ({ queueId, itemId }: FileOrder): string => `${queueId} ${itemId}`
