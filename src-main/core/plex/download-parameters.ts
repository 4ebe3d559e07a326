import type { Rung } from '../quality/ladder.ts'
import { metadataPath } from './plex-paths.ts'
import type { QueryParameters } from './query-text.ts'

/** What a finished file is asked for. */
export interface DownloadOrder {
  readonly ratingKey: string
  readonly mediaIndex: number
  readonly partIndex: number
  readonly rung: Rung
  readonly audioStreamId: string | null
  readonly burnsSubtitle: boolean
  readonly location: 'lan' | 'wan'
}

const profileExtra = (rung: Rung): string =>
  [
    'add-transcode-target(type=videoProfile&context=static&protocol=http&container=mp4&videoCodec=h264&audioCodec=aac&replace=true)',
    `add-limitation(scope=videoCodec&scopeName=*&type=upperBound&name=video.bitrate&value=${rung.bitrateKbps}&replace=true)`,
    'add-limitation(scope=videoAudioCodec&scopeName=*&type=upperBound&name=audio.channels&value=2&replace=true)',
  ].join('+')

/**
 * The query of `POST /downloadQueue/{q}/add`. Nothing in it differs from one time to the next: the server answers the same order with
 * the item it has. Never asks for a copy: the file is to be what the key says.
 */
export function downloadQuery(order: DownloadOrder): QueryParameters {
  const { rung } = order
  return [
    ['keys', metadataPath(order.ratingKey)],
    ['mediaIndex', order.mediaIndex],
    ['partIndex', order.partIndex],
    ['protocol', 'http'],
    ['context', 'static'],
    ['directPlay', 0],
    ['directStream', 0],
    ['directStreamAudio', 0],
    ['location', order.location],
    ['videoResolution', `${rung.width}x${rung.height}`],
    ['videoQuality', rung.videoQuality],
    ['maxVideoBitrate', rung.bitrateKbps],
    ['autoAdjustQuality', 0],
    ...(order.audioStreamId === null ? [] : ([['audioStreamID', order.audioStreamId]] as const)),
    ['subtitles', order.burnsSubtitle ? 'burn' : 'none'],
    ['X-Plex-Session-Identifier', 'spool-downloads'],
    ['X-Plex-Client-Profile-Name', 'Generic'],
    ['X-Plex-Client-Profile-Extra', profileExtra(rung)],
  ]
}
