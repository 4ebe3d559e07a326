import { type DecodeVerdict, judgeDecoding } from './silence-check.ts'

interface ChromiumCounters {
  readonly webkitAudioDecodedByteCount?: number
}

/**
 * Watches the first moments of a media element and reports once when it plays without picture or sound. Counts only media time that really
 * played while the page was visible.
 */
export function watchDecoding(
  video: HTMLVideoElement,
  isAudioExpected: () => boolean,
  onVerdict: (verdict: Exclude<DecodeVerdict, 'too-early' | 'fine'>) => void,
  signal: AbortSignal,
): void {
  const own = new AbortController()
  const either = AbortSignal.any([signal, own.signal])
  let playedMs = 0
  let lastMs: number | null = null

  video.addEventListener(
    'timeupdate',
    () => {
      const nowMs = video.currentTime * 1000
      const isVisible = document.visibilityState === 'visible'
      const stepMs = lastMs === null ? 0 : nowMs - lastMs
      // A seek is not playing; neither is what went by unseen.
      if (isVisible && !video.seeking && !video.paused && stepMs > 0 && stepMs < 2000) playedMs += stepMs
      lastMs = nowMs
      const verdict = judgeDecoding({
        playedMs,
        isVisible,
        videoWidth: video.videoWidth,
        framesDecoded: video.getVideoPlaybackQuality().totalVideoFrames,
        audioBytesDecoded: (video as ChromiumCounters).webkitAudioDecodedByteCount ?? null,
        isAudioExpected: isAudioExpected(),
      })
      if (verdict === 'too-early') return
      own.abort()
      if (verdict !== 'fine') onVerdict(verdict)
    },
    { signal: either },
  )
  video.addEventListener('seeking', () => (lastMs = null), { signal: either })
}
