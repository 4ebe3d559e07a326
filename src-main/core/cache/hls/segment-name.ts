import type { SegmentContainer } from './segment-grid.ts'

/** Sequence number of the initialisation part in the index. */
export const initSeq = -1

const extensions: Readonly<Record<SegmentContainer, string>> = { ts: 'ts', fmp4: 'm4s' }

/**
 * How a segment is called in local playlists and on the disk: `0.ts`, `0.m4s`, `init.mp4`. With a strand, it is that strand's
 * and no other's: `0-s7.ts`, `init-s7.mp4`.
 */
export function segmentName(
  container: SegmentContainer,
  seq: number,
  strandId: number | null = null,
): string {
  const tail = strandId === null ? '' : `-s${strandId}`
  return seq === initSeq ? `init${tail}.mp4` : `${seq}${tail}.${extensions[container]}`
}

export interface ParsedSegmentName {
  readonly container: SegmentContainer
  readonly seq: number
  readonly strandId: number | null
}

/** Reads {@link segmentName} back; null for any other spelling. */
export function parseSegmentName(name: string): ParsedSegmentName | null {
  const match = /^(init|0|[1-9]\d{0,8})(?:-s([1-9]\d{0,15}))?\.(ts|m4s|mp4)$/.exec(name)
  if (match === null) return null
  const [, which = '', strand, extension] = match
  const isInit = which === 'init'
  if (isInit !== (extension === 'mp4')) return null
  return {
    container: extension === 'ts' ? 'ts' : 'fmp4',
    seq: isInit ? initSeq : Number(which),
    strandId: strand === undefined ? null : Number(strand),
  }
}

/** Content type of a segment of this container. */
export function segmentMime(container: SegmentContainer): string {
  return container === 'ts' ? 'video/mp2t' : 'video/mp4'
}
