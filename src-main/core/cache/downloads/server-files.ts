import type { CacheKey } from '../../../../src-preload/contract/index.ts'
import type { ByteSpan, HlsPlan, UpstreamReply } from '../upstream.ts'

/** Names one file that a server makes. Stored. */
export interface FileOrder {
  readonly queueId: string
  readonly itemId: string
}

/** A whole file on a server. */
export interface FinishedFile {
  readonly mime: string
  readonly sizeBytes: number
  /**
   * Names this encode: one made again has other bytes. Null when the server does not tell them apart; then nothing that was read before
   * goes together with what is read now.
   */
  readonly encode: string | null
}

/** What has become of an order. */
export type OrderState =
  /** `share` 0 to 1 of the file; null when the server does not say, or has not begun. `retryAfterMs`: when to look again. */
  | { readonly state: 'making'; readonly share: number | null; readonly retryAfterMs: number }
  /** The whole file can be read. */
  | ({ readonly state: 'ready' } & FinishedFile)
  | { readonly state: 'failed'; readonly detail: string }
  /** Expired, or removed there. */
  | { readonly state: 'gone' }

/**
 * Servers that make a whole file of a rung, to be read with ranges beside whatever plays. Implemented over Plex's download queue by
 * `core/plex/plex-server-files.ts`. Everything throws `source-unreachable` without a reply.
 */
export interface ServerFiles {
  /**
   * Orders the file of `key`; the same again is the same order. `no-queue`: this server makes none. Throws `source-refused`,
   * `unplayable`, `unknown-media`, `bad-reply`.
   */
  order(key: CacheKey, plan: HlsPlan, signal: AbortSignal): Promise<FileOrder | 'no-queue'>
  /** Throws `unplayable` or `bad-reply` when the server makes something else than `key` says. */
  look(key: CacheKey, order: FileOrder, signal: AbortSignal): Promise<OrderState>
  /** Has a failed one made again. */
  restart(sourceId: string, order: FileOrder, signal: AbortSignal): Promise<void>
  /** Bytes of a finished file. Any status is a reply. */
  fetch(sourceId: string, order: FileOrder, span: ByteSpan, signal: AbortSignal): Promise<UpstreamReply>
  /** Takes it off the server; one that is not there any more counts as done. */
  remove(sourceId: string, order: FileOrder, signal: AbortSignal): Promise<void>
  /** Everything that this installation has ordered there. */
  list(sourceId: string, signal: AbortSignal): Promise<readonly FileOrder[] | 'no-queue'>
}
