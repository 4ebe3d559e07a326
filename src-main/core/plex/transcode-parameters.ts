import type { Rung } from '../quality/ladder.ts'
import { metadataPath } from './plex-paths.ts'
import type { QueryParameters } from './query-text.ts'

/** Length of the segment grid. Long enough to keep files few, short enough that a cold start is quick. */
export const segmentSeconds = 3

/** What a transcode is asked for. */
export interface TranscodeOrder {
  readonly ratingKey: string
  readonly mediaIndex: number
  readonly partIndex: number
  readonly rung: Rung
  /** Always said: the server's own choice is per user and may change. */
  readonly audioStreamId: string | null
  /** Subtitles drawn into the picture; the server takes which from the part's stored selection. */
  readonly burnsSubtitle: boolean
  readonly startMs: number
  readonly sessionId: string
  readonly location: 'lan' | 'wan'
  /** What this player can hold of the title: the server converts no further ahead than is of use. */
  readonly bufferKb: number
}

/** Grammar: Plex Media Server 1.43. A codec that is listed may be copied, so exactly the two that are wanted are. */
const profileExtra = (rung: Rung): string =>
  [
    'add-transcode-target(type=videoProfile&context=streaming&protocol=hls&container=mpegts&videoCodec=h264&audioCodec=aac&replace=true)',
    // Without this one servers choose mp3.
    'add-transcode-target-audio-codec(type=videoProfile&context=streaming&protocol=hls&audioCodec=aac)',
    `add-limitation(scope=videoCodec&scopeName=*&type=upperBound&name=video.bitrate&value=${rung.bitrateKbps}&replace=true)`,
    'add-limitation(scope=videoAudioCodec&scopeName=*&type=upperBound&name=audio.channels&value=2&replace=true)',
  ].join('+')

/** The query of `/decision` and, to the letter, of `/start.m3u8`. Never asks for a copy: copied segments have no grid. */
export function transcodeQuery(order: TranscodeOrder): QueryParameters {
  const { rung } = order
  return [
    ['hasMDE', 1],
    ['path', metadataPath(order.ratingKey)],
    ['mediaIndex', order.mediaIndex],
    ['partIndex', order.partIndex],
    ['protocol', 'hls'],
    ['fastSeek', 1],
    ['directPlay', 0],
    ['directStream', 0],
    ['directStreamAudio', 0],
    ['copyts', 1],
    ['context', 'streaming'],
    ['location', order.location],
    ['offset', order.startMs / 1000],
    ['secondsPerSegment', segmentSeconds],
    ['videoResolution', `${rung.width}x${rung.height}`],
    ['videoQuality', rung.videoQuality],
    ['maxVideoBitrate', rung.bitrateKbps],
    ['autoAdjustQuality', 0],
    ['mediaBufferSize', order.bufferKb],
    ...(order.audioStreamId === null ? [] : ([['audioStreamID', order.audioStreamId]] as const)),
    ['subtitles', order.burnsSubtitle ? 'burn' : 'none'],
    ['session', order.sessionId],
    ['transcodeSessionId', order.sessionId],
    ['X-Plex-Client-Profile-Name', 'Generic'],
    ['X-Plex-Client-Profile-Extra', profileExtra(rung)],
  ]
}

/** The query of the decision that lets a file be read as it is: servers reserve its bandwidth by it. */
export function directPlayQuery(order: {
  readonly ratingKey: string
  readonly mediaIndex: number
  readonly partIndex: number
  readonly sessionId: string
  readonly location: 'lan' | 'wan'
  readonly bufferKb: number
}): QueryParameters {
  return [
    ['hasMDE', 1],
    ['path', metadataPath(order.ratingKey)],
    ['mediaIndex', order.mediaIndex],
    ['partIndex', order.partIndex],
    ['protocol', 'hls'],
    ['directPlay', 1],
    ['directStream', 1],
    ['directStreamAudio', 1],
    ['subtitles', 'none'],
    ['location', order.location],
    ['mediaBufferSize', order.bufferKb],
    ['autoAdjustQuality', 0],
    ['session', order.sessionId],
    ['transcodeSessionId', order.sessionId],
    ['X-Plex-Client-Profile-Name', 'Generic'],
  ]
}

/** Names what the transcoder is asked for apart from key and place: segments of two profiles never mix. */
export const transcodeProfile = (rung: Rung): string =>
  `hls mpegts h264 aac-2ch ${rung.width}x${rung.height} ${rung.bitrateKbps}k q${rung.videoQuality} ${segmentSeconds * 1000}ms`
