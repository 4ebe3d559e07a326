import type { PlexMedia, PlexPart } from '../plex/model.ts'

/** What the built-in player shows and sounds, in Plex's names. */
export interface Capabilities {
  readonly containers: ReadonlySet<string>
  /** With the greatest bit depth of each. */
  readonly videoCodecs: ReadonlyMap<string, number>
  readonly audioCodecs: ReadonlySet<string>
}

/**
 * Chromium without hardware help, measured in 156 (electron.md B.9): AC-3, E-AC-3 and DTS play silent, HEVC plays without
 * picture, both without any error. So the decision is made before, from what the server says of the file.
 */
export const chromiumCapabilities: Capabilities = {
  containers: new Set(['mp4', 'm4v', 'mov', 'mkv', 'webm']),
  videoCodecs: new Map([
    ['h264', 8],
    ['vp8', 8],
    ['vp9', 10],
    ['av1', 10],
  ]),
  audioCodecs: new Set(['aac', 'mp3', 'opus', 'flac', 'vorbis', 'pcm']),
}

/** Why the file itself cannot be played here; null when it can. */
export type DirectPlayObstacle = 'container' | 'video-codec' | 'audio-codec'

/**
 * Unknown fields count as playable: a file whose streams were never read plays or is found out by the player's own check.
 * The default audio track decides, as it is the one a browser plays.
 */
export function findObstacle(
  media: PlexMedia,
  part: PlexPart,
  capabilities: Capabilities,
): DirectPlayObstacle | null {
  const container = part.container ?? media.container
  if (container !== null && !container.split(',').some((name) => capabilities.containers.has(name)))
    return 'container'
  const video = part.streams.find((stream) => stream.kind === 'video')
  const videoCodec = video?.codec ?? media.videoCodec
  if (videoCodec !== null) {
    const depth = capabilities.videoCodecs.get(videoCodec)
    if (depth === undefined || (video?.bitDepth ?? 8) > depth) return 'video-codec'
  }
  const audioCodec = firstAudio(part)?.codec ?? media.audioCodec
  if (audioCodec !== null && !capabilities.audioCodecs.has(audioCodec) && !audioCodec.startsWith('pcm'))
    return 'audio-codec'
  return null
}

/** The track a browser plays: the one flagged default, else the first. */
const firstAudio = (part: PlexPart) => {
  const tracks = part.streams.filter((stream) => stream.kind === 'audio')
  return tracks.find((track) => track.isDefault) ?? tracks[0]
}
