import type { EncodePlan } from '../transcode/encode-plan.ts'

export type ItemStatus = 'deciding' | 'waiting' | 'processing' | 'available' | 'error' | 'expired'

/** One file that a client has ordered: everything of it that outlives the server process. */
export interface DownloadItem {
  readonly id: number
  readonly queueId: number
  /** As it was asked for: `/library/metadata/104`. */
  readonly key: string
  /** The parameters in a fixed order: the same again is the same order. */
  readonly parameters: string
  readonly ratingKey: number
  readonly mediaIndex: number
  readonly partIndex: number
  /** How it is encoded, by what was selected on the part when it was ordered; null: the original as it is. */
  readonly plan: EncodePlan | null
  readonly container: 'mp4' | 'mkv'
  readonly status: ItemStatus
  readonly error: string | null
  /** How many encodes were begun for it; names its file, as each encode makes other bytes. */
  readonly run: number
  /** Epoch seconds when the present encode began. */
  readonly startedAtS: number | null
  readonly sizeBytes: number | null
}

/** The queue of one client. */
export interface DownloadQueueRow {
  readonly id: number
  readonly clientIdentifier: string
}

/** Everything that the server remembers of downloads. */
export interface DownloadState {
  readonly queues: readonly DownloadQueueRow[]
  readonly items: readonly DownloadItem[]
  readonly nextId: number
}

export const EMPTY_STATE: DownloadState = { queues: [], items: [], nextId: 1 }

/** A queue's own status follows from its items. */
export function queueStatus(items: readonly DownloadItem[]): string {
  const has = (status: ItemStatus): boolean => items.some((item) => item.status === status)
  for (const status of ['processing', 'deciding', 'waiting', 'error'] as const) if (has(status)) return status
  return 'done'
}
