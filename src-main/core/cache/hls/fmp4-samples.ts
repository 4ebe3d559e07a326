import { boxesNamed, decodeTime, descend, readBoxes, wordAt, type Box, type Mp4Track } from './mp4-boxes.ts'

/** One picture, in its track's time scale. */
export interface Mp4Sample {
  /** When it is shown. */
  readonly time: number
  readonly duration: number
  readonly isSync: boolean
}

/** `sample_is_non_sync_sample` (ISO/IEC 14496-12, 8.8.3.1). */
const nonSync = 0x10000

/** A track's samples in a media segment, in the order of decoding; null when a fragment cannot be read. */
export function readSamples(segment: Uint8Array, track: Mp4Track): Mp4Sample[] | null {
  const samples: Mp4Sample[] = []
  for (const moof of boxesNamed(readBoxes(segment), 'moof'))
    for (const traf of boxesNamed(readBoxes(moof.body), 'traf')) {
      const tfhd = descend(traf, 'tfhd')
      if (wordAt(tfhd, 4) !== track.id) continue
      let time = decodeTime(descend(traf, 'tfdt'))
      if (time === null) return null
      for (const trun of boxesNamed(readBoxes(traf.body), 'trun')) {
        const run = readRun(trun, defaultsOf(tfhd, track), time)
        if (run === null) return null
        samples.push(...run.samples)
        time = run.endTime
      }
    }
  return samples
}

interface SampleDefaults {
  readonly duration: number
  readonly flags: number
}

/** `tfhd` may say other defaults than the initialisation part, after fields that it may have or not. */
function defaultsOf(tfhd: Box | undefined, track: Mp4Track): SampleDefaults {
  const flags = (wordAt(tfhd, 0) ?? 0) & 0xffffff
  let at = 8
  const take = (bit: number, bytes: number): number | null => {
    if ((flags & bit) === 0) return null
    at += bytes
    return wordAt(tfhd, at - bytes)
  }
  take(0x01, 8)
  take(0x02, 4)
  const duration = take(0x08, 4) ?? track.defaultDuration
  take(0x10, 4)
  return { duration, flags: take(0x20, 4) ?? track.defaultFlags }
}

function readRun(
  trun: Box,
  defaults: SampleDefaults,
  startTime: number,
): { readonly samples: Mp4Sample[]; readonly endTime: number } | null {
  const flags = (wordAt(trun, 0) ?? 0) & 0xffffff
  const count = wordAt(trun, 4)
  let at = 8 + ((flags & 0x01) !== 0 ? 4 : 0)
  const take = (bit: number): number | null => {
    if ((flags & bit) === 0) return null
    at += 4
    return wordAt(trun, at - 4)
  }
  const firstFlags = take(0x04)
  const fields = [0x100, 0x200, 0x400, 0x800].filter((bit) => (flags & bit) !== 0).length
  if (count === null || at + count * fields * 4 > trun.body.length || count > 100_000) return null
  const samples: Mp4Sample[] = []
  let time = startTime
  for (let index = 0; index < count; index += 1) {
    const duration = take(0x100) ?? defaults.duration
    take(0x200)
    const ownFlags = take(0x400)
    // Signed in version 1; in version 0 nothing real is that large.
    const offset = (take(0x800) ?? 0) | 0
    const sampleFlags = (index === 0 ? firstFlags : null) ?? ownFlags ?? defaults.flags
    samples.push({ time: time + offset, duration, isSync: (sampleFlags & nonSync) === 0 })
    time += duration
  }
  return { samples, endTime: time }
}
