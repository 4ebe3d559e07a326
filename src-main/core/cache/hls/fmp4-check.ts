import { createHash } from 'node:crypto'
import { readSamples } from './fmp4-samples.ts'
import { median } from './median.ts'
import { boxesNamed, readBoxes, readTracks } from './mp4-boxes.ts'
import type { SegmentFacts, SegmentRefusal } from './segment-check.ts'
import { ptsPerSecond } from './ts-packets.ts'

const noFacts: SegmentFacts = {
  firstPts: null,
  lastPts: null,
  frameTicks: null,
  longestFrameTicks: null,
  startsWithKeyframe: null,
  config: null,
}

export function checkFmp4Init(bytes: Uint8Array): SegmentFacts | SegmentRefusal {
  if (bytes.length === 0) return { refused: 'blank' }
  const boxes = readBoxes(bytes)
  if (boxesNamed(boxes, 'moov').length === 0) return { refused: boxes === null ? 'truncated' : 'not-media' }
  if (!readTracks(bytes).some(({ isVideo }) => isVideo)) return { refused: 'no-video' }
  return { ...noFacts, config: initConfig(bytes) }
}

/** `init` may be unknown yet: then times and configuration stay unknown too. */
export function checkFmp4Segment(bytes: Uint8Array, init: Uint8Array | null): SegmentFacts | SegmentRefusal {
  if (bytes.length === 0) return { refused: 'blank' }
  const boxes = readBoxes(bytes)
  if (boxes === null) return { refused: isBoxName(bytes.subarray(4, 8)) ? 'truncated' : 'not-media' }
  if (boxesNamed(boxes, 'moof').length === 0) return { refused: 'not-media' }
  if (!boxesNamed(boxes, 'mdat').some(({ body }) => body.length > 0)) return { refused: 'blank' }
  const track = init === null ? undefined : readTracks(init).find(({ isVideo }) => isVideo)
  if (init === null || track === undefined) return noFacts
  const samples = readSamples(bytes, track)
  const [first] = samples ?? []
  if (samples === null || first === undefined) return { refused: 'no-video' }
  const ticks = (time: number): number => Math.round((time * ptsPerSecond) / track.timescale)
  const times = samples.map(({ time }) => time).sort((a, b) => a - b)
  const durations = samples.map(({ duration }) => duration)
  return {
    firstPts: ticks(times[0] ?? 0),
    lastPts: ticks(times.at(-1) ?? 0),
    frameTicks: ticks(median(durations)),
    longestFrameTicks: ticks(Math.max(...durations)),
    startsWithKeyframe: first.isSync,
    config: initConfig(init),
  }
}

const isBoxName = (bytes: Uint8Array): boolean => /^[A-Za-z0-9 ]{4}$/.test(String.fromCharCode(...bytes))

/** Everything a decoder needs to know stands in the initialisation part: it has to be the very same. */
const initConfig = (init: Uint8Array): string => createHash('sha256').update(init).digest('hex').slice(0, 32)
