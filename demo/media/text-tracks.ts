import type { Chapter } from '../library/catalogue-types.ts'

const LINE_EVERY_S = 4
const LINE_LASTS_S = 3

const LINES: Record<string, readonly string[]> = {
  eng: ['You kept the light on.', 'Somebody had to.', 'It’s later than it looks.', 'Then let it be late.'],
  fre: [
    'Tu as laissé la lumière.',
    'Il le fallait bien.',
    'Il est plus tard qu’on ne croit.',
    'Alors qu’il soit tard.',
  ],
}

/** Subtitles that say their own time, in SRT. */
export function srtText(languageCode: string, durationMs: number): string {
  const lines = LINES[languageCode] ?? LINES['eng']!
  const count = Math.floor(durationMs / 1000 / LINE_EVERY_S)
  return Array.from({ length: count }, (_, index) => {
    const startS = index * LINE_EVERY_S + 1
    const line = lines[index % lines.length]!
    return `${index + 1}\n${srtTime(startS)} --> ${srtTime(startS + LINE_LASTS_S)}\n${line}\n`
  }).join('\n')
}

/** SRT as WebVTT, for clients that ask for it. */
export function srtToVtt(srt: string): string {
  return `WEBVTT\n\n${srt.replace(/(\d\d:\d\d:\d\d),(\d{3})/g, '$1.$2')}`
}

/** Chapters in ffmpeg's metadata format. */
export function chapterText(chapters: readonly Chapter[]): string {
  const entries = chapters.map(
    ({ title, startMs, endMs }) =>
      `[CHAPTER]\nTIMEBASE=1/1000\nSTART=${startMs}\nEND=${endMs}\ntitle=${title.replace(/[=;#\\]/g, '\\$&')}\n`,
  )
  return `;FFMETADATA1\n${entries.join('')}`
}

function srtTime(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(11, 19)},000`
}
