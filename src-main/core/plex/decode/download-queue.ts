import { z } from 'zod'
import { openContainer } from './container.ts'
import { filledText, id, list, number } from './tolerant.ts'

const queueShape = z.object({ DownloadQueue: list(z.object({ id })) })
const addedShape = z.object({ AddedQueueItems: list(z.object({ id, key: filledText })) })

const transcode = z.object({ key: filledText, progress: number, timeStamp: filledText }).nullish().catch(null)
const decision = z
  .object({
    generalDecisionCode: number,
    generalDecisionText: filledText,
    transcodeDecisionCode: number,
    transcodeDecisionText: filledText,
  })
  .nullish()
  .catch(null)
const itemsShape = z.object({
  DownloadQueueItem: list(
    z.object({
      id,
      status: filledText,
      error: filledText,
      DecisionResult: decision,
      // The spec says the one, servers were seen to send the other.
      TranscodeSession: transcode,
      transcode,
    }),
  ),
})

/** One file that the server makes or has made. */
export interface DownloadQueueItem {
  readonly id: string
  /** `deciding waiting processing available error expired`; null is a status nobody knows. */
  readonly status: string | null
  readonly error: string | null
  /** 2000 and above mean no. */
  readonly refusal: { readonly code: number; readonly text: string | null } | null
  /** 0 to 1; null when no encode runs. */
  readonly share: number | null
  /** Names the encode: one that is made again begins at another time. */
  readonly encode: string | null
}

/** `POST /downloadQueue`: the id of this client's queue; null when there is none in the reply. */
export const decodeQueueId = (json: unknown): string | null =>
  queueShape.parse(openContainer(json)).DownloadQueue[0]?.id ?? null

/** `POST /downloadQueue/{q}/add`: the ids of the items, new or known. */
export const decodeAddedItems = (json: unknown): readonly string[] =>
  addedShape.parse(openContainer(json)).AddedQueueItems.map((row) => row.id)

/** `GET /downloadQueue/{q}/items`. */
export function decodeQueueItems(json: unknown): readonly DownloadQueueItem[] {
  return itemsShape.parse(openContainer(json)).DownloadQueueItem.map((row) => {
    const encoding = row.TranscodeSession ?? row.transcode ?? null
    const progress = encoding?.progress ?? null
    const begunAt = encoding?.timeStamp ?? null
    return {
      id: row.id,
      status: row.status,
      error: row.error,
      refusal: refusalOf(row.DecisionResult ?? null),
      share: progress === null ? null : Math.min(1, Math.max(0, progress / 100)),
      encode: begunAt === null ? null : `${encoding?.key ?? ''} ${begunAt}`,
    }
  })
}

function refusalOf(result: z.infer<typeof decision> | null): DownloadQueueItem['refusal'] {
  const codes = [
    { code: result?.generalDecisionCode ?? 0, text: result?.generalDecisionText ?? null },
    { code: result?.transcodeDecisionCode ?? 0, text: result?.transcodeDecisionText ?? null },
  ]
  return codes.find(({ code }) => code >= 2000) ?? null
}
