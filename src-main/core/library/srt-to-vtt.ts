/** `00:01:02,345` as subtitle files spell it: hours may be missing, the comma may be a point. */
const time = /(?:(?<h>\d{1,3}):)?(?<m>\d{1,2}):(?<s>\d{1,2})[,.](?<f>\d{1,3})/
const arrow = new RegExp(
  `^\\s*${time.source.replaceAll(/\?<\w>/g, '')}\\s*-->\\s*${time.source.replaceAll(/\?<\w>/g, '')}`,
)

/**
 * Turns SubRip text into WebVTT (https://www.w3.org/TR/webvtt1/). WebVTT comes back as it is but for its line ends. Cues that cannot
 * be read are left out; the rest still shows. Pure.
 */
export function toWebVtt(text: string): string {
  const lines = text
    .replace(/^\uFEFF/, '')
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll('\0', '\uFFFD')
  if (/^WEBVTT(?:[ \t\n]|$)/.test(lines)) return lines
  const cues: string[] = []
  let cue: string[] | null = null
  const finish = (): void => {
    if (cue === null) return
    while (cue.at(-1)?.trim() === '') cue.pop()
    if (cue.length > 1) cues.push(cue.join('\n'))
    cue = null
  }
  const rows = lines.split('\n')
  for (const [at, row] of rows.entries()) {
    const timing = readTiming(row)
    if (timing !== null) {
      finish()
      cue = [timing]
    } else if (cue !== null) {
      const isNumberOfNext = /^\s*\d+\s*$/.test(row) && arrow.test(rows[at + 1] ?? '')
      // A blank line inside a cue would end it in WebVTT: what follows it before the next cue is dropped by players, so it is kept out.
      if (row.trim() === '') {
        if (cue.length > 1) finish()
      } else if (!isNumberOfNext) cue.push(cleanText(row))
    }
  }
  finish()
  return ['WEBVTT', ...cues].join('\n\n') + '\n'
}

function readTiming(row: string): string | null {
  if (!arrow.test(row)) return null
  const [from = '', to = ''] = row.split('-->')
  const start = readTime(from)
  const end = readTime(to)
  // An end before its start is never shown, and is an error in WebVTT.
  return start === null || end === null || end <= start ? null : `${writeTime(start)} --> ${writeTime(end)}`
}

function readTime(text: string): number | null {
  const groups = time.exec(text)?.groups
  if (!groups) return null
  const { h = '0', m = '0', s = '0', f = '0' } = groups
  return ((Number(h) * 60 + Number(m)) * 60 + Number(s)) * 1000 + Number(f.padEnd(3, '0'))
}

function writeTime(ms: number): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0')
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}.${String(ms % 1000).padStart(3, '0')}`
}

/** Keeps bold, italics and underline; other tags and position codes are SubRip folklore; what WebVTT would take for markup is escaped. */
function cleanText(row: string): string {
  return row
    .replaceAll(/\{\\[^}]*\}/g, '')
    .replaceAll(/<\/?font[^>]*>/gi, '')
    .replaceAll('&', '&amp;')
    .replaceAll(/<(?!\/?[biu]>)/gi, '&lt;')
    .replaceAll('-->', '--&gt;')
}
