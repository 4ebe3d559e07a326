import type { MediaPlan } from '../cache/upstream.ts'
import type { MediaAddress } from '../library/media-id.ts'
import { isAboveSource } from '../quality/ladder.ts'
import type { ParsedQuality } from '../quality/quality-name.ts'
import { SpoolError } from '../spool-error.ts'
import { containerMime } from './container-mime.ts'
import { defaultAudio, findPart, fullTitle, partDurationMs, type FoundPart } from './find-part.ts'
import type { PlexItem } from './model.ts'
import { segmentSeconds, transcodeProfile } from './transcode-parameters.ts'

/** The tracks a quality name means, as stream ids of this part. */
export interface ChosenTracks {
  readonly audioStreamId: string | null
  readonly burnedSubtitleId: string | null
}

/** Throws `unknown-quality` when the name speaks of a track this part does not have. */
export function chooseTracks(found: FoundPart, quality: ParsedQuality): ChosenTracks {
  const { streams } = found.part
  const has = (kind: string, id: string): boolean =>
    streams.some((stream) => stream.kind === kind && stream.id === id)
  if (quality.audioStreamId !== null && !has('audio', quality.audioStreamId))
    throw new SpoolError('unknown-quality', { detail: `no audio track ${quality.audioStreamId}` })
  if (quality.burnedSubtitleId !== null && !has('subtitle', quality.burnedSubtitleId))
    throw new SpoolError('unknown-quality', { detail: `no subtitle ${quality.burnedSubtitleId}` })
  return {
    audioStreamId: quality.audioStreamId ?? defaultAudio(found.part)?.id ?? null,
    burnedSubtitleId: quality.burnedSubtitleId,
  }
}

/** How one quality of one part is fetched. Throws `unknown-media`, `unknown-quality`, `quality-above-source`, `unplayable`. */
export function planMedia(
  item: PlexItem,
  address: MediaAddress,
  quality: ParsedQuality,
  sourceName: string,
): MediaPlan {
  const found = findPart(item, address)
  if (!found) {
    if (item.media.some((version) => version.id === address.versionId && version.parts.length === 0))
      throw new SpoolError('unplayable', { detail: 'the server does not give this file away' })
    throw new SpoolError('unknown-media')
  }
  const { version, part } = found
  const base = {
    title: fullTitle(item),
    sourceName,
    durationMs: partDurationMs(item, version, part),
    partKey: part.key,
  }
  const { rung } = quality
  if (rung === null) {
    const mime = containerMime(part.container ?? version.container, part.key)
    return { ...base, kind: 'file', mime, bitrateKbps: version.bitrateKbps, sizeBytes: part.sizeBytes }
  }
  if (part.streams.length > 0 && !part.streams.some((stream) => stream.kind === 'video'))
    throw new SpoolError('unplayable', { detail: 'there is no picture in it' })
  if (isAboveSource(rung, version)) throw new SpoolError('quality-above-source')
  chooseTracks(found, quality)
  return {
    ...base,
    kind: 'hls',
    mime: 'application/vnd.apple.mpegurl',
    bitrateKbps: rung.bitrateKbps,
    segmentMs: segmentSeconds * 1000,
    profile: transcodeProfile(rung),
  }
}
