import type {
  ConnectionKind,
  PlayOutcome,
  PlayReason,
  PlayReasonCode,
} from '../../../src-preload/contract/index.ts'
import { firstAudio } from '../plex/find-part.ts'
import type { PlexMedia, PlexPart } from '../plex/model.ts'
import { fileName, soundFamily, type Capabilities } from './capabilities.ts'
import { isAboveSource } from './ladder.ts'
import { bitrateLabel, codecName, containerName } from './quality-label.ts'
import type { ParsedQuality } from './quality-name.ts'
import type { SourceLimit } from './source-limit.ts'

/** How one quality of one file would be played, and why so. */
export interface PlayPlan {
  readonly outcome: PlayOutcome
  readonly reason: PlayReason
}

/** Everything the plan of a quality depends on. */
export interface PlayPlanInput {
  /** Names the file among those found out; null where that does not matter. */
  readonly key: { readonly sourceId: string; readonly mediaId: string } | null
  readonly media: PlexMedia
  readonly part: PlexPart
  readonly capabilities: Capabilities
  readonly connection: ConnectionKind
  /** The most this source sends at the moment; null when it has not refused anything. */
  readonly limit: SourceLimit | null
}

const reason = (code: PlayReasonCode, subject: string | null = null): PlayReason => ({ code, subject })

/**
 * The plan of one quality, from what the server says of the file.
 *
 * Original: `direct-play`; `direct-stream` when the picture could stay as it is and only its wrapping or its sound would have to change;
 * `transcode` when the picture would have to; `unplayable` when there is none. Spool keeps no copies of pictures in another wrapping (they
 * have no grid, ADR 7), so all but the first mean for the person: one of the rungs.
 * A rung: `transcode`, or `unplayable`.
 *
 * The reason names what stands in the way first of what can be known: the file, then the way to it.
 */
export function planPlayback(quality: ParsedQuality, input: PlayPlanInput): PlayPlan {
  return quality.rung === null ? planOriginal(input) : planRung(quality.rung, input)
}

function planOriginal(input: PlayPlanInput): PlayPlan {
  const { media, part, capabilities, key } = input
  const found = key === null ? undefined : capabilities.undecodable.get(fileName(key.sourceId, key.mediaId))
  const picture = pictureObstacle(media, part, capabilities)
  if (picture !== null) return { outcome: 'transcode', reason: picture }
  if (found === 'picture') return { outcome: 'transcode', reason: reason('found-no-picture') }
  const container = containerObstacle(media, part, capabilities)
  if (container !== null) return { outcome: 'direct-stream', reason: container }
  const sound = soundObstacle(media, part, capabilities)
  if (sound !== null) return { outcome: 'direct-stream', reason: sound }
  if (found === 'sound') return { outcome: 'direct-stream', reason: reason('found-no-sound') }
  return { outcome: 'direct-play', reason: linkObstacle(media.bitrateKbps, input) ?? reason('as-it-is') }
}

function planRung(rung: NonNullable<ParsedQuality['rung']>, input: PlayPlanInput): PlayPlan {
  const { media, part, capabilities } = input
  if (isSoundOnly(part)) return { outcome: 'unplayable', reason: reason('no-picture') }
  if (!capabilities.playsRungs) return { outcome: 'unplayable', reason: reason('no-rungs') }
  const own = isAboveSource(rung, media) ? reason('above-source') : linkObstacle(rung.bitrateKbps, input)
  return { outcome: 'transcode', reason: own ?? reason('converted') }
}

/** Whether the file goes to the player as it is, shown and heard. */
export const playsAsItIs = (plan: PlayPlan): boolean => plan.outcome === 'direct-play'

/** What of the way to the file forbids this rate. An unknown rate is tried: the server says no by itself. */
function linkObstacle(
  bitrateKbps: number | null,
  { connection, limit }: Pick<PlayPlanInput, 'connection' | 'limit'>,
): PlayReason | null {
  if (connection === 'offline') return reason('offline')
  if (limit === null || bitrateKbps === null || bitrateKbps <= limit.maxKbps) return null
  return reason(limit.cause === 'relay' ? 'relay-limit' : 'server-limit', bitrateLabel(limit.maxKbps))
}

/** Unknown fields count as playable: a file whose streams were never read plays, or is found out by the player's own check. */
function pictureObstacle(media: PlexMedia, part: PlexPart, { video }: Capabilities): PlayReason | null {
  const stream = part.streams.find(({ kind }) => kind === 'video')
  const codec = stream?.codec || media.videoCodec
  if (codec === null) return null
  const ofCodec = video.filter((one) => one.codec === codec)
  if (ofCodec.length === 0) return reason('video-codec', codecName(codec))
  const bitDepth = stream?.bitDepth ?? 8
  const ofDepth = ofCodec.filter((one) => one.bitDepth >= bitDepth)
  if (ofDepth.length === 0) return reason('video-depth', `${codecName(codec)} ${bitDepth} bit`)
  const [width, height] = [stream?.width ?? media.width ?? 0, stream?.height ?? media.height ?? 0]
  // Films for telephones stand upright; decoders count sides, not directions.
  const [long, short] = [Math.max(width, height), Math.min(width, height)]
  const fits = ofDepth.some(
    (one) =>
      long <= Math.max(one.width, one.height) &&
      // Decoders work in blocks of 16: 1088 lines are 1080.
      short <= Math.min(one.width, one.height) + 8,
  )
  return fits ? null : reason('video-size', `${width} × ${height} ${codecName(codec)}`)
}

/** Plex names a file by every name of its demuxer: `mov,mp4,m4a`. One that is known is enough. */
function containerObstacle(
  media: PlexMedia,
  part: PlexPart,
  { containers }: Capabilities,
): PlayReason | null {
  const container = part.container ?? media.container
  if (container === null || container.split(',').some((name) => containers.includes(name))) return null
  return reason('container', containerName(container))
}

/** The first track decides, whichever is the default: it is the one that Chromium plays, and it offers no other. */
function soundObstacle(media: PlexMedia, part: PlexPart, { audio }: Capabilities): PlayReason | null {
  // A file whose streams were read and that has none is silent, whatever its version says.
  const codec = part.streams.length > 0 ? (firstAudio(part)?.codec ?? null) : media.audioCodec
  if (codec === null || codec === '' || audio.includes(soundFamily(codec))) return null
  return reason('audio-codec', codecName(codec))
}

const isSoundOnly = (part: PlexPart): boolean =>
  part.streams.length > 0 && !part.streams.some(({ kind }) => kind === 'video')
