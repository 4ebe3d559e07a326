/** How often a source that answers, but not with media, is asked again. */
const retryMs = 4000
/** How long that is worth it. While the source does not answer at all, the core looks after it, and this waits as long as it takes. */
const patienceMs = 60_000

export interface StandByOptions {
  /** Tries to go on; false when it did not work yet. */
  readonly attempt: (signal: AbortSignal) => Promise<boolean>
  /** The source answers, and yet nothing came for too long. */
  readonly giveUp: () => void
}

/** Holds out while a source does not send, and goes on by itself when it does again. */
export interface StandBy {
  readonly isWaiting: boolean
  begin(): void
  /** Whether the source answers has changed. */
  sourceChanged(isOnline: boolean): void
  stop(): void
}

export function createStandBy({ attempt, giveUp }: StandByOptions): StandBy {
  let waiting: AbortController | null = null
  let isOnline = true
  let triedMs = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  const stop = (): void => {
    clearTimeout(timer)
    waiting?.abort()
    waiting = null
  }

  const tryOnce = async (own: AbortController): Promise<void> => {
    const hasWorked = await attempt(own.signal).catch(() => false)
    if (own.signal.aborted) return
    if (hasWorked) stop()
    else tryLater(own)
  }

  const tryLater = (own: AbortController): void => {
    clearTimeout(timer)
    if (!isOnline) return
    if (triedMs >= patienceMs) {
      stop()
      giveUp()
      return
    }
    triedMs += retryMs
    timer = setTimeout(() => void tryOnce(own), retryMs)
  }

  return {
    get isWaiting() {
      return waiting !== null
    },
    begin() {
      if (waiting !== null) return
      waiting = new AbortController()
      triedMs = 0
      tryLater(waiting)
    },
    sourceChanged(next) {
      const isBack = next && !isOnline
      isOnline = next
      if (waiting === null) return
      clearTimeout(timer)
      triedMs = 0
      if (isBack) void tryOnce(waiting)
      else tryLater(waiting)
    },
    stop,
  }
}
