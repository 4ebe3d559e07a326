/** What the desktop shows of the player and what its media keys do. */
export interface SystemMediaHandlers {
  play(): void
  pause(): void
  seekBy(ms: number): void
  seekTo(ms: number): void
  /** Null where there is none. */
  readonly next: (() => void) | null
  readonly previous: (() => void) | null
  stop(): void
}

export interface SystemMedia {
  /** `pictureUrl`: a square of 512 pixels. */
  describe(what: {
    readonly title: string
    readonly subtitle: string
    readonly pictureUrl: string | null
  }): void
  setHandlers(handlers: SystemMediaHandlers): void
  update(now: {
    readonly isPlaying: boolean
    readonly positionMs: number
    readonly durationMs: number
    readonly rate: number
  }): void
  destroy(): void
}

const actions = [
  'play',
  'pause',
  'seekbackward',
  'seekforward',
  'seekto',
  'previoustrack',
  'nexttrack',
  'stop',
] as const

/** Media session and wake lock. Both may be missing; playing does not depend on them. */
export function createSystemMedia(): SystemMedia {
  const session = 'mediaSession' in navigator ? navigator.mediaSession : null
  const life = new AbortController()
  let wantsAwake = false
  let lock: WakeLockSentinel | null = null

  const keepAwake = async (): Promise<void> => {
    if (lock !== null || !('wakeLock' in navigator) || document.visibilityState !== 'visible') return
    try {
      const taken = await navigator.wakeLock.request('screen')
      if (wantsAwake && !life.signal.aborted) lock = taken
      else await taken.release()
    } catch {
      // Denied or unsupported: Chromium keeps the screen on for playing video by itself.
    }
  }
  const letSleep = (): void => {
    void lock?.release().catch(() => undefined)
    lock = null
  }
  // A hidden page loses its lock without being asked.
  document.addEventListener(
    'visibilitychange',
    () => {
      if (document.visibilityState !== 'visible') letSleep()
      else if (wantsAwake) void keepAwake()
    },
    { signal: life.signal },
  )

  const on = (action: MediaSessionAction, handler: MediaSessionActionHandler | null): void => {
    try {
      session?.setActionHandler(action, handler)
    } catch {
      // Not every platform knows every action.
    }
  }

  return {
    describe({ title, subtitle, pictureUrl }) {
      if (session === null) return
      const artwork = pictureUrl === null ? [] : [{ src: pictureUrl, sizes: '512x512' }]
      session.metadata = new MediaMetadata({ title, artist: subtitle, artwork })
    },
    setHandlers(handlers) {
      on('play', () => handlers.play())
      on('pause', () => handlers.pause())
      on('seekbackward', ({ seekOffset }) => handlers.seekBy(-(seekOffset ?? 10) * 1000))
      on('seekforward', ({ seekOffset }) => handlers.seekBy((seekOffset ?? 10) * 1000))
      on('seekto', ({ seekTime }) => {
        if (seekTime != null) handlers.seekTo(seekTime * 1000)
      })
      on('previoustrack', handlers.previous)
      on('nexttrack', handlers.next)
      on('stop', () => handlers.stop())
    },
    update({ isPlaying, positionMs, durationMs, rate }) {
      wantsAwake = isPlaying
      if (isPlaying) void keepAwake()
      else letSleep()
      if (session === null) return
      session.playbackState = isPlaying ? 'playing' : 'paused'
      if (durationMs > 0 && positionMs <= durationMs)
        session.setPositionState({
          duration: durationMs / 1000,
          position: Math.max(0, positionMs / 1000),
          playbackRate: rate,
        })
    },
    destroy() {
      life.abort()
      wantsAwake = false
      letSleep()
      for (const action of actions) on(action, null)
      if (session === null) return
      session.metadata = null
      session.playbackState = 'none'
    },
  }
}
