import type { CacheKey } from '../../src-preload/contract/index.ts'
import type { CoreCalls } from './core-calls.ts'
import type { PlayerStore } from './player-store.ts'

const everyMs = 1000

/** Asks once a second what the playing entry is doing: the teal layer, the waiting reason, the link's speed. Returns what stops it. */
export function watchStats(core: CoreCalls, store: PlayerStore, keyNow: () => CacheKey | null): () => void {
  const life = new AbortController()
  let isAsking = false
  const ask = async (): Promise<void> => {
    const key = keyNow()
    if (isAsking || key === null || document.visibilityState !== 'visible') return
    isAsking = true
    try {
      const stats = await core.call('cache.getCurrentStats', key, life.signal)
      if (keyNow()?.quality === key.quality) store.setState({ stats })
    } catch {
      // The next second asks again; an old figure is better than none.
    } finally {
      isAsking = false
    }
  }
  const timer = setInterval(() => void ask(), everyMs)
  const unsubscribe = store.subscribe((now, before) => {
    if (now.stream !== before.stream) void ask()
  })
  return () => {
    life.abort()
    clearInterval(timer)
    unsubscribe()
  }
}
