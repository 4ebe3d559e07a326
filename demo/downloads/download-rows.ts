import type { DemoContext } from '../demo-context.ts'
import type { ReplyObject } from '../http/containers.ts'
import type { DownloadItem, DownloadQueueRow } from './download-item.ts'
import type { DownloadQueues } from './download-queues.ts'

/** A row of `DownloadQueue[]`. */
export function queueRow(downloads: DownloadQueues, queue: DownloadQueueRow): ReplyObject {
  return {
    id: queue.id,
    owner: 1,
    clientIdentifier: queue.clientIdentifier,
    itemCount: downloads.itemsOf(queue.id).length,
    status: downloads.statusOf(queue.id),
  }
}

/** A row of `DownloadQueueItem[]`, with the state of its encode. */
export function itemRow(demo: DemoContext, item: DownloadItem): ReplyObject {
  const { plan, startedAtS, status } = item
  return {
    id: item.id,
    queueId: item.queueId,
    key: item.key,
    status,
    ...(item.error === null ? {} : { error: item.error }),
    ...(status === 'deciding' ? {} : { DecisionResult: decisionResult(plan === null) }),
    ...(plan === null || startedAtS === null
      ? {}
      : {
          TranscodeSession: {
            key: `/transcode/sessions/download-${item.id}-${item.run}`,
            throttled: false,
            complete: status === 'available',
            progress: demo.downloads.progressOf(item),
            size: item.sizeBytes ?? -22,
            speed: status === 'processing' ? 4 : 0,
            error: status === 'error',
            context: 'static',
            videoDecision: 'transcode',
            audioDecision: 'transcode',
            protocol: 'http',
            container: item.container,
            videoCodec: 'h264',
            audioCodec: 'aac',
            width: plan.width,
            height: plan.height,
            timeStamp: startedAtS,
            offlineTranscode: true,
          },
        }),
  }
}

function decisionResult(isDirectPlay: boolean): ReplyObject {
  return isDirectPlay
    ? { generalDecisionCode: 1000, generalDecisionText: 'Direct play OK.' }
    : {
        generalDecisionCode: 1001,
        generalDecisionText: 'Direct play not available; Conversion OK.',
        directPlayDecisionCode: 3000,
        transcodeDecisionCode: 1001,
      }
}
