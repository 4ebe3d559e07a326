import type { PlayerCapabilities, VideoCapability } from '../../../src-preload/contract/index.ts'

/** What is asked of the browser engine; the real one is `window`. */
export interface EngineAnswers {
  /** `decodingInfo` of a file; false where the engine cannot be asked. */
  decodes(config: {
    readonly video?: VideoConfiguration
    readonly audio?: AudioConfiguration
  }): Promise<boolean>
  canPlayType(type: string): boolean
  canAppend(type: string): boolean
}

/** Frames that films come in, from the largest: the first that is decoded is the limit. */
const frames = [
  { width: 7680, height: 4320 },
  { width: 4096, height: 2304 },
  { width: 1920, height: 1088 },
  { width: 1280, height: 720 },
] as const

interface VideoQuestion {
  readonly codec: string
  readonly bitDepth: number
  /** One profile of the codec with the level that the frame needs, RFC 6381. */
  readonly types: (height: number) => readonly string[]
}

const avcLevel = (height: number): string => (height > 2304 ? '3C' : height > 1088 ? '33' : '29')
const hevcLevel = (height: number): string => (height > 2304 ? '183' : height > 1088 ? '153' : '123')
const av1Level = (height: number): string => (height > 2304 ? '16' : height > 1088 ? '12' : '09')
const vp9Level = (height: number): string => (height > 2304 ? '61' : height > 1088 ? '51' : '41')
const inMp4 = (codec: string): string => `video/mp4; codecs="${codec}"`
const inWebm = (codec: string): string => `video/webm; codecs="${codec}"`

/** Plex's names, with the profiles that films of it have. */
const videoQuestions: readonly VideoQuestion[] = [
  { codec: 'h264', bitDepth: 8, types: (height) => [inMp4(`avc1.6400${avcLevel(height)}`)] },
  { codec: 'h264', bitDepth: 10, types: (height) => [inMp4(`avc1.6E00${avcLevel(height)}`)] },
  {
    codec: 'hevc',
    bitDepth: 8,
    types: (height) => ['hvc1', 'hev1'].map((tag) => inMp4(`${tag}.1.6.L${hevcLevel(height)}.B0`)),
  },
  {
    codec: 'hevc',
    bitDepth: 10,
    types: (height) => ['hvc1', 'hev1'].map((tag) => inMp4(`${tag}.2.4.L${hevcLevel(height)}.B0`)),
  },
  { codec: 'av1', bitDepth: 8, types: (height) => [inMp4(`av01.0.${av1Level(height)}M.08`)] },
  { codec: 'av1', bitDepth: 10, types: (height) => [inMp4(`av01.0.${av1Level(height)}M.10`)] },
  { codec: 'vp9', bitDepth: 8, types: (height) => [inWebm(`vp09.00.${vp9Level(height)}.08`)] },
  { codec: 'vp9', bitDepth: 10, types: (height) => [inWebm(`vp09.02.${vp9Level(height)}.10`)] },
  { codec: 'vp8', bitDepth: 8, types: () => [inWebm('vp8')] },
  { codec: 'mpeg4', bitDepth: 8, types: () => [inMp4('mp4v.20.9')] },
]

/** Plex's name of each sound, with the types any of which will do. */
const audioQuestions: Readonly<Record<string, readonly string[]>> = {
  aac: ['audio/mp4; codecs="mp4a.40.2"'],
  mp3: ['audio/mpeg', 'audio/mp4; codecs="mp3"'],
  opus: ['audio/webm; codecs="opus"', 'audio/mp4; codecs="opus"'],
  vorbis: ['audio/webm; codecs="vorbis"'],
  flac: ['audio/flac', 'audio/mp4; codecs="flac"'],
  pcm: ['audio/wav; codecs="1"'],
  ac3: ['audio/mp4; codecs="ac-3"'],
  eac3: ['audio/mp4; codecs="ec-3"'],
  dca: ['audio/mp4; codecs="dtsc"'],
  truehd: ['audio/mp4; codecs="mlpa"'],
  alac: ['audio/mp4; codecs="alac"'],
}

/** Containers that one demuxer reads, with the type that stands for it. Chromium reads QuickTime as MP4, and says no when asked by that name. */
const containerQuestions: readonly (readonly [type: string, names: readonly string[]])[] = [
  ['video/mp4', ['mp4', 'm4v', 'mov']],
  ['video/x-matroska', ['mkv']],
  ['video/webm', ['webm']],
]

/** What rungs are: hls.js repacks the server's segments as these. */
const rungTypes = ['video/mp4; codecs="avc1.640029"', 'audio/mp4; codecs="mp4a.40.2"']

/** Asks the engine what it plays, for the codecs, depths, frames and containers that films come in. */
export async function probeCapabilities(engine: EngineAnswers): Promise<PlayerCapabilities> {
  const [video, audio] = await Promise.all([
    Promise.all(videoQuestions.map((question) => largestFrame(engine, question))),
    Promise.all(
      Object.entries(audioQuestions).map(async ([codec, types]) =>
        (await anyOf(types, (contentType) => engine.decodes({ audio: { ...stereo, contentType } })))
          ? [codec]
          : [],
      ),
    ),
  ])
  return {
    containers: containerQuestions.flatMap(([type, names]) => (engine.canPlayType(type) ? names : [])),
    video: video.flatMap((one) => one ?? []),
    audio: audio.flat(),
    playsRungs: rungTypes.every((type) => engine.canAppend(type)),
  }
}

const stereo = { channels: '2', bitrate: 256_000, samplerate: 48_000 }

async function largestFrame(engine: EngineAnswers, question: VideoQuestion): Promise<VideoCapability | null> {
  const { codec, bitDepth, types } = question
  for (const frame of frames) {
    const config = { ...frame, bitrate: 20_000_000, framerate: 30 }
    const isDecoded = await anyOf(types(frame.height), (contentType) =>
      engine.decodes({ video: { ...config, contentType } }),
    )
    if (isDecoded) return { codec, bitDepth, ...frame }
  }
  return null
}

async function anyOf(types: readonly string[], ask: (type: string) => Promise<boolean>): Promise<boolean> {
  for (const type of types) if (await ask(type)) return true
  return false
}

/** The engine this page runs in. */
export function thisEngine(): EngineAnswers {
  const element = document.createElement('video')
  return {
    async decodes(config) {
      try {
        const { supported } = await navigator.mediaCapabilities.decodingInfo({ type: 'file', ...config })
        return supported
      } catch {
        // A type that the engine cannot even read is none that it plays.
        return false
      }
    },
    canPlayType: (type) => element.canPlayType(type) !== '',
    canAppend: (type) => 'MediaSource' in window && MediaSource.isTypeSupported(type),
  }
}
