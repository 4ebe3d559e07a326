import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toWebVtt } from './srt-to-vtt.ts'
import { decodeText } from './subtitle-service.ts'

const cue = (text: string): string => `1\n00:00:01,000 --> 00:00:02,500\n${text}\n`

describe('toWebVtt', () => {
  const table: readonly (readonly [string, string, string])[] = [
    ['a plain cue', cue('Hello'), 'WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nHello\n'],
    [
      'two cues, Windows line ends, a mark of order',
      `\uFEFF${cue('One\nmore')}\n2\n00:01:00,5 --> 1:02:03,45\nTwo\n`.replaceAll('\n', '\r\n'),
      'WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nOne\nmore\n\n00:01:00.500 --> 01:02:03.450\nTwo\n',
    ],
    [
      'no blank line between cues',
      '1\n00:00:01,000 --> 00:00:02,000\nA\n2\n00:00:03,000 --> 00:00:04,000\nB',
      'WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nA\n\n00:00:03.000 --> 00:00:04.000\nB\n',
    ],
    [
      'minutes only, points, positions after the time',
      '00:01.000 --> 00:02.000 X1:10 X2:20\nA',
      'WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nA\n',
    ],
    [
      'markup: kept, dropped, escaped',
      cue('<b>bold</b> <I>it</I> <font color="red">red</font> {\\an8}up a<b & c > d <3'),
      'WEBVTT\n\n00:00:01.000 --> 00:00:02.500\n<b>bold</b> <I>it</I> red up a&lt;b &amp; c > d &lt;3\n',
    ],
    ['an arrow in a line', cue('a --> b'), 'WEBVTT\n\n00:00:01.000 --> 00:00:02.500\na --&gt; b\n'],
    ['numbers that are said', cue('1984\n2001'), 'WEBVTT\n\n00:00:01.000 --> 00:00:02.500\n1984\n2001\n'],
    ['a cue without text', '1\n00:00:01,000 --> 00:00:02,000\n\n', 'WEBVTT\n'],
    ['a cue that ends before it starts', '1\n00:00:02,000 --> 00:00:01,000\nA\n', 'WEBVTT\n'],
    ['nothing', '', 'WEBVTT\n'],
    ['no subtitles at all', '<html>Not found</html>', 'WEBVTT\n'],
    ['WebVTT as it is', 'WEBVTT - title\r\n\r\nNOTE x\r\n', 'WEBVTT - title\n\nNOTE x\n'],
  ]
  it.each(table)('%s', (_, srt, vtt) => expect(toWebVtt(srt)).toBe(vtt))

  it('writes every cue of every sound file, in order, and never an arrow that is none', () => {
    const line = fc.stringMatching(/^[a-z<>&!?-]([a-z0-9 <>&!?-]{0,20})$/)
    const cues = fc.array(
      fc.record({
        startMs: fc.integer({ min: 0, max: 35_000_000 }),
        lengthMs: fc.integer({ min: 1, max: 9_000 }),
        lines: fc.array(line, { minLength: 1, maxLength: 3 }),
      }),
      { maxLength: 8 },
    )
    const stamp = (ms: number) => new Date(ms).toISOString().slice(11, 23).replace('.', ',')
    fc.assert(
      fc.property(cues, (given) => {
        const srt = given.map(
          ({ startMs, lengthMs, lines }, at) =>
            `${at + 1}\n${stamp(startMs)} --> ${stamp(startMs + lengthMs)}\n${lines.join('\n')}\n`,
        )
        const vtt = toWebVtt(srt.join('\n'))
        const times = vtt.split('\n').filter((row) => row.includes('-->'))
        expect(times).toEqual(
          given.map(
            ({ startMs, lengthMs }) =>
              `${stamp(startMs).replace(',', '.')} --> ${stamp(startMs + lengthMs).replace(',', '.')}`,
          ),
        )
      }),
    )
  })

  it('makes WebVTT of whatever text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(toWebVtt(text)).toMatch(/^WEBVTT/)
      }),
    )
  })
})

it('reads the encodings subtitle files come in', () => {
  expect(decodeText(Buffer.from('Élan', 'utf8'))).toBe('Élan')
  expect(decodeText(Buffer.from('\uFEFFÉlan', 'utf16le'))).toBe('Élan')
  expect(decodeText(new Uint8Array([0xc9, 0x6c, 0x61, 0x6e]))).toBe('Élan')
})
