import type { ReplyObject, ReplyValue } from '../http/containers.ts'
import type { EncodePlan } from './encode-plan.ts'

const OK_CONVERSION = {
  availableBandwidth: undefined,
  directPlayDecisionCode: 3000,
  directPlayDecisionText: 'App cannot direct play this item. Direct play is disabled.',
  generalDecisionCode: 1001,
  generalDecisionText: 'Direct play not available; Conversion OK.',
  transcodeDecisionCode: 1001,
  transcodeDecisionText: 'Direct play not available; Conversion OK.',
}

const OK_DIRECT_PLAY = {
  directPlayDecisionCode: 1000,
  directPlayDecisionText: 'Direct play OK.',
  generalDecisionCode: 1000,
  generalDecisionText: 'Direct play OK.',
}

/** What a decision is about: an item's full row and which of its files. */
export interface DecisionSubject {
  readonly row: ReplyObject
  readonly mediaIndex: number
  readonly partIndex: number
  readonly sessionIdentifier: string
}

/** How a conversion is delivered. */
export interface ConversionTarget {
  readonly protocol: 'hls' | 'http'
  readonly container: string
}

const HLS_TARGET: ConversionTarget = { protocol: 'hls', container: 'mpegts' }

/** "Convert it": the chosen file described as it will come out, without `key`, `file` and `size`. */
export function conversionContainer(
  subject: DecisionSubject,
  plan: EncodePlan,
  target: ConversionTarget = HLS_TARGET,
): ReplyObject {
  return container(subject, OK_CONVERSION, (media, part) => ({
    ...pick(media, ['id', 'duration', 'aspectRatio', 'videoFrameRate']),
    audioChannels: 2,
    audioCodec: 'aac',
    bitrate: plan.totalKbps,
    height: plan.height,
    optimizedForStreaming: false,
    ...target,
    videoCodec: 'h264',
    videoProfile: 'constrained baseline',
    videoResolution: `${plan.height}p`,
    width: plan.width,
    selected: true,
    Part: [
      {
        ...pick(part, ['id', 'duration']),
        bitrate: plan.totalKbps,
        height: plan.height,
        optimizedForStreaming: false,
        ...target,
        videoProfile: 'constrained baseline',
        width: plan.width,
        decision: 'transcode',
        selected: true,
        Stream: convertedStreams(arrayOf(part['Stream']), plan),
      },
    ],
  }))
}

/** "Play the file as it is". */
export function directPlayContainer(subject: DecisionSubject): ReplyObject {
  return container(subject, OK_DIRECT_PLAY, (media, part) => ({
    ...media,
    selected: true,
    Part: [
      {
        ...part,
        decision: 'directplay',
        selected: true,
        Stream: arrayOf(part['Stream']).map((stream) => ({
          ...stream,
          location: stream['key'] ? 'sidecar-subs' : 'direct',
        })),
      },
    ],
  }))
}

function container(
  { row, mediaIndex, partIndex, sessionIdentifier }: DecisionSubject,
  codes: ReplyObject,
  describe: (media: ReplyObject, part: ReplyObject) => ReplyObject,
): ReplyObject {
  const media = arrayOf(row['Media'])[mediaIndex]!
  const part = arrayOf(media['Part'])[partIndex]!
  const Metadata = [{ ...row, Media: [describe(media, part)], Chapter: undefined, Marker: undefined }]
  const reply = {
    size: 1,
    allowSync: '0',
    ...codes,
    identifier: 'com.plexapp.plugins.library',
    librarySectionID: row['librarySectionID'],
    librarySectionTitle: row['librarySectionTitle'],
    mediaTagPrefix: '/system/bundle/media/flags/',
    mediaTagVersion: '1767000000',
    resourceSession: `{${sessionIdentifier}}`,
    Metadata,
  }
  return stringly(reply) as ReplyObject
}

function convertedStreams(streams: readonly ReplyObject[], plan: EncodePlan): ReplyObject[] {
  const audio = streams.filter((stream) => stream['streamType'] === 2)[plan.audioPosition]
  const subtitle =
    plan.burnedSubtitle === null
      ? undefined
      : streams.filter((stream) => stream['streamType'] === 3)[plan.burnedSubtitle]
  return streams.flatMap((stream): ReplyObject[] => {
    if (stream['streamType'] === 1) return [convertedVideo(stream, plan)]
    if (stream === audio) return [convertedAudio(stream, plan)]
    return stream === subtitle
      ? [{ ...stream, decision: 'burn', location: 'segments-video', selected: true }]
      : []
  })
}

function convertedVideo(stream: ReplyObject, plan: EncodePlan): ReplyObject {
  return {
    ...pick(stream, ['id', 'streamType', 'default', 'displayTitle', 'extendedDisplayTitle', 'frameRate']),
    bitrate: plan.videoKbps,
    codec: 'h264',
    height: plan.height,
    width: plan.width,
    decision: plan.copiesVideo ? 'copy' : 'transcode',
    location: 'segments-av',
  }
}

function convertedAudio(stream: ReplyObject, plan: EncodePlan): ReplyObject {
  const kept = [
    'id',
    'streamType',
    'default',
    'displayTitle',
    'extendedDisplayTitle',
    'language',
    'languageCode',
    'languageTag',
  ]
  return {
    ...pick(stream, kept),
    bitrate: plan.audioKbps,
    bitrateMode: 'cbr',
    channels: 2,
    codec: 'aac',
    selected: true,
    decision: 'transcode',
    location: 'segments-av',
  }
}

/** Fields that real decisions send as strings although other replies send numbers. */
const STRINGS = ['id', 'librarySectionID', 'aspectRatio']

function stringly(value: ReplyValue): ReplyValue {
  if (Array.isArray(value)) return value.map((each: ReplyObject) => stringly(each) as ReplyObject)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value as ReplyObject).map(([key, each]) => [
      key,
      STRINGS.includes(key) && typeof each === 'number' ? `${each}` : stringly(each),
    ]),
  )
}

function pick(object: ReplyObject, names: readonly string[]): ReplyObject {
  return Object.fromEntries(names.filter((name) => name in object).map((name) => [name, object[name]]))
}

function arrayOf(value: ReplyValue): readonly ReplyObject[] {
  return Array.isArray(value) ? (value as readonly ReplyObject[]) : []
}
