import { stripFilter } from '../frame-strip.ts'
import type { AudioTrack, CataloguePart } from '../library/catalogue-types.ts'
import { qualityFilter, timecodeFilter } from './picture-text.ts'

/** Files that a film is made from, made before it. */
export interface FilmInputs {
  readonly artPath: string
  /** Text for the tracks inside the file, in order. */
  readonly subtitlePaths: readonly string[]
  /** In ffmpeg's own metadata format; null without chapters. */
  readonly chaptersPath: string | null
  readonly font: string | null
}

/** The ffmpeg arguments that make an original: its art under a slow camera, a tone for sound, the strip on top. */
export function filmArguments(part: CataloguePart, inputs: FilmInputs, output: string): string[] {
  const seconds = part.durationMs / 1000
  const audioInputs = part.audio.flatMap((audio) => [
    '-f',
    'lavfi',
    '-t',
    `${seconds}`,
    '-i',
    toneSource(audio),
  ])
  const subtitleInputs = inputs.subtitlePaths.flatMap((path) => ['-i', path])
  const firstSubtitleInput = 1 + part.audio.length
  const chapterInput = firstSubtitleInput + inputs.subtitlePaths.length
  return [
    ...['-i', inputs.artPath, ...audioInputs, ...subtitleInputs],
    ...(inputs.chaptersPath ? ['-i', inputs.chaptersPath, '-map_metadata', `${chapterInput}`] : []),
    ...['-filter_complex', pictureGraph(part, inputs.font), '-map', '[picture_out]'],
    ...part.audio.flatMap((_, index) => ['-map', `${index + 1}:a`]),
    ...inputs.subtitlePaths.flatMap((_, index) => ['-map', `${firstSubtitleInput + index}:s`]),
    ...videoArguments(part),
    ...part.audio.flatMap(audioArguments),
    ...trackLanguages(part),
    ...['-t', `${seconds}`, '-fflags', '+bitexact', '-flags', '+bitexact'],
    // Matroska would else move the pictures behind the encoder's sound delay, off the whole frame grid.
    ...(part.container === 'mkv' ? ['-avoid_negative_ts', 'disabled'] : ['-movflags', '+faststart']),
    ...['-f', part.container === 'mkv' ? 'matroska' : 'mp4', output],
  ]
}

/** Originals need not have many key frames: nobody cuts them. */
const KEY_FRAME_EVERY_S = 4

/** How much larger than the frame the painting is, so that a camera can move over it. */
const OVERSCAN = 1.2

function pictureGraph(part: CataloguePart, font: string | null): string {
  const { width, height, framesPerSecond, sceneOffsetS } = part
  const time = `(n/${framesPerSecond}+${sceneOffsetS})`
  // Whole, even pixels: the encoder then finds the movement exactly, which is what keeps this cheap.
  const camera =
    `crop=${width}:${height}:x='2*trunc((iw-ow)/4*(1+sin(${time}/30)))':` +
    `y='2*trunc((ih-oh)/4*(1+sin(${time}/47)))'`
  return [
    `[0:v]scale=${even(width * OVERSCAN)}:${even(height * OVERSCAN)}:flags=bicubic,format=yuv420p,` +
      `loop=loop=-1:size=1,setpts=N/${framesPerSecond}/TB,fps=${framesPerSecond},${camera}[moving]`,
    stripFilter('moving', 'marked', { framesPerSecond, film: part.filmCode, rung: 0, width }),
    `[marked]${timecodeFilter(font)},${qualityFilter(font, 'original')}[picture_out]`,
  ].join(';')
}

function videoArguments(part: CataloguePart): string[] {
  const gop = `${part.framesPerSecond * KEY_FRAME_EVERY_S}`
  if (part.videoCodec === 'hevc') {
    const settings = `log-level=error:keyint=${gop}:min-keyint=${gop}:scenecut=0`
    return ['-c:v', 'libx265', '-preset', 'ultrafast', '-crf', '26', '-x265-params', settings]
  }
  const common = [
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-g',
    gop,
    '-keyint_min',
    gop,
    '-sc_threshold',
    '0',
  ]
  if (part.videoKbps === null) return [...common, '-crf', '23']
  const rate = `${part.videoKbps}k`
  // Padding holds the rate where the picture does not need it: a seek or a throttle then meets a real film's bytes.
  return [
    ...common,
    ...['-b:v', rate, '-minrate', rate, '-maxrate', rate, '-bufsize', `${part.videoKbps * 3}k`],
    ...['-x264-params', 'nal-hrd=cbr:force-cfr=1'],
  ]
}

function toneSource(audio: AudioTrack): string {
  return `sine=frequency=${audio.toneHz}:beep_factor=4:sample_rate=48000`
}

function audioArguments(audio: AudioTrack, index: number): string[] {
  const encoder = `-c:a:${index}`
  const layout = [
    `-filter:a:${index}`,
    `aformat=channel_layouts=${audio.channels === 6 ? '5.1(side)' : 'stereo'}`,
  ]
  const kbps = [`-b:a:${index}`, audio.codec === 'dca' ? '768k' : audio.channels === 6 ? '384k' : '128k']
  return [encoder, audio.codec, ...(audio.codec === 'dca' ? ['-strict', '-2'] : []), ...layout, ...kbps]
}

function trackLanguages(part: CataloguePart): string[] {
  const embedded = part.subtitles.filter((subtitle) => !subtitle.isExternal)
  return [
    ...part.audio.flatMap((audio, index) => [
      ...[`-metadata:s:a:${index}`, `language=${audio.languageCode}`],
      ...(audio.title ? [`-metadata:s:a:${index}`, `title=${audio.title}`] : []),
      ...[`-disposition:a:${index}`, audio.isDefault ? 'default' : '0'],
    ]),
    ...embedded.flatMap((subtitle, index) => [`-metadata:s:s:${index}`, `language=${subtitle.languageCode}`]),
  ]
}

function even(value: number): number {
  return Math.round(value / 2) * 2
}
