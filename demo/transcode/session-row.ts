import type { ReplyObject } from '../http/containers.ts'
import type { TranscodeSession } from './session.ts'

/** A row of `/transcode/sessions`. */
export function sessionRow(session: TranscodeSession): ReplyObject {
  const { request, plan, part } = session.source
  const { headSegment, firstSegment, isResting, isComplete } = session.state
  const encodedS = Math.min(part.durationMs / 1000, headSegment * plan.segmentSeconds)
  return {
    key: `/transcode/sessions/${request.session}`,
    throttled: isResting,
    complete: isComplete,
    progress: (encodedS * 100_000) / part.durationMs,
    size: -22,
    speed: isResting ? 0 : 4,
    error: false,
    duration: part.durationMs,
    context: 'streaming',
    sourceVideoCodec: part.videoCodec,
    sourceAudioCodec: part.audio[plan.audioPosition]?.codec,
    videoDecision: 'transcode',
    audioDecision: 'transcode',
    ...(plan.burnedSubtitle === null ? {} : { subtitleDecision: 'burn' }),
    protocol: 'hls',
    container: 'mpegts',
    videoCodec: 'h264',
    audioCodec: 'aac',
    audioChannels: 2,
    width: plan.width,
    height: plan.height,
    transcodeHwRequested: false,
    minOffsetAvailable: firstSegment * plan.segmentSeconds,
    maxOffsetAvailable: encodedS,
  }
}
