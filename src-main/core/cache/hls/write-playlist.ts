import type { SegmentGrid } from './segment-grid.ts'
import { initSeq, segmentName } from './segment-name.ts'

/**
 * The local playlist of a title: VOD, relative names only, so that nothing of server, session or token can be in it. `folder`: where the
 * segments are, seen from the playlist.
 */
export function writePlaylist(grid: SegmentGrid, folder = ''): string {
  const longestS = grid.durationsUs.reduce((longest, durationUs) => Math.max(longest, durationUs), 0) / 1e6
  const lines = [
    '#EXTM3U',
    // EXT-X-MAP without I-frames-only needs version 6 (RFC 8216, 7); fractional EXTINF needs 3.
    `#EXT-X-VERSION:${grid.container === 'fmp4' ? 6 : 3}`,
    // No EXTINF, rounded, may be longer than this (RFC 8216, 4.3.3.1), whatever the server wrote.
    `#EXT-X-TARGETDURATION:${Math.max(grid.targetDurationS, Math.round(longestS))}`,
    '#EXT-X-MEDIA-SEQUENCE:0',
    '#EXT-X-PLAYLIST-TYPE:VOD',
  ]
  if (grid.container === 'fmp4') lines.push(`#EXT-X-MAP:URI="${folder}${segmentName('fmp4', initSeq)}"`)
  grid.durationsUs.forEach((durationUs, seq) => {
    lines.push(`#EXTINF:${(durationUs / 1e6).toFixed(6)},`, folder + segmentName(grid.container, seq))
  })
  lines.push('#EXT-X-ENDLIST', '')
  return lines.join('\n')
}
