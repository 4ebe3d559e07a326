import i18next from 'i18next'
import {
  type Download,
  type ErrorCode,
  errorCodes,
  errorSentences,
} from '../../../src-preload/contract/index.ts'
import { formatShare, formatSpeed } from '../format/bytes.ts'
import { formatDuration } from '../format/duration.ts'

/** What a download is doing, in one line: how far it is, how fast, how long still, or why it stands still. `source`: its server's name. */
export function downloadWords(download: Download, source: string): string {
  const { state, bytesPresent, bytesTotal, bytesTotalIsEstimate, bytesPerSecond, remainingMs } = download
  const share =
    bytesPresent > 0 || state === 'running' ? formatShare(bytesPresent, bytesTotal, bytesTotalIsEstimate) : ''
  const pace = [
    bytesPerSecond === null ? '' : formatSpeed(bytesPerSecond),
    remainingMs === null ? '' : i18next.t('left', { time: formatDuration(remainingMs) }),
  ]
  return [share, ...(state === 'running' ? pace : []), standing(download, source)].filter(Boolean).join(' · ')
}

/** Why it stands still; empty while bytes come. */
export function standing({ state, reason, madeShare }: Download, source: string): string {
  switch (state) {
    case 'running':
      return reason === 'player-first' ? i18next.t('downloads.parked.player-first') : ''
    case 'waiting':
      return i18next.t('downloads.waiting')
    case 'paused':
      return i18next.t('downloads.paused')
    case 'failed':
      return errorSentences[isErrorCode(reason) ? reason : 'internal']
    case 'parked':
      if (reason === 'server-preparing' && madeShare !== null)
        return i18next.t('downloads.making', { source, percent: Math.floor(madeShare * 100) })
      return parked(reason, source)
  }
}

/** Reasons that have a sentence of their own. */
const parkedReasons = [
  'source-unreachable',
  'server-preparing',
  'server-paces',
  'disk-full',
  'player-first',
] as const

function parked(reason: Download['reason'], source: string): string {
  const known = parkedReasons.find((each) => each === reason) ?? 'retrying'
  return i18next.t(`downloads.parked.${known}`, { source })
}

const isErrorCode = (reason: Download['reason']): reason is ErrorCode =>
  reason !== null && (errorCodes as readonly string[]).includes(reason)
