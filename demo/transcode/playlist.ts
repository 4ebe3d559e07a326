import type { EncodePlan } from './encode-plan.ts'
import { segmentFileName } from './encoder-arguments.ts'

/** The master playlist: one variant, its address relative to `start.m3u8`. */
export function masterPlaylist(session: string, plan: EncodePlan, framesPerSecond: number): string {
  const variant = [
    'PROGRAM-ID=1',
    `BANDWIDTH=${plan.totalKbps * 1000}`,
    `RESOLUTION=${plan.width}x${plan.height}`,
    `FRAME-RATE=${framesPerSecond.toFixed(6)}`,
  ]
  return `#EXTM3U\n#EXT-X-STREAM-INF:${variant.join(',')}\nsession/${session}/base/index.m3u8\n`
}

/** The media playlist: the whole title at once, whatever has been encoded and wherever the session began. */
export function mediaPlaylist(plan: EncodePlan, durationMs: number, extraSegments = 0): string {
  const lines = Array.from({ length: plan.segmentCount }, (_, index) => {
    const restS = durationMs / 1000 - index * plan.segmentSeconds
    return `#EXTINF:${Math.min(plan.segmentSeconds, restS).toFixed(6)},\n${segmentFileName(index)}`
  })
  // A film of 23.976 pictures a second may end a hair after a grid line: the server then lists a segment that never comes.
  for (let extra = 0; extra < extraSegments; extra++)
    lines.push(`#EXTINF:0.021000,\n${segmentFileName(plan.segmentCount + extra)}`)
  return [
    '#EXTM3U',
    '#EXT-X-VERSION:3',
    `#EXT-X-TARGETDURATION:${plan.segmentSeconds}`,
    '#EXT-X-ALLOW-CACHE:NO',
    '#EXT-X-MEDIA-SEQUENCE:0',
    ...lines,
    '#EXT-X-ENDLIST',
    '',
  ].join('\n')
}
