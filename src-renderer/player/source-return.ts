import type { CoreCalls } from './core-calls.ts'
import type { PlayerStore } from './player-store.ts'

/** Tries again by itself when a server that was away, and whose absence ended playing, is back. Returns what ends it. */
export function watchReturn(core: CoreCalls, store: PlayerStore, onReturn: () => void): () => void {
  let wasAway = false
  return core.subscribe('library.sources', (sources) => {
    const { item, play } = store.getState()
    const source = sources.find(({ sourceId }) => sourceId === item?.sourceId)
    if (source === undefined) return
    const isAway = source.connection === 'offline'
    const isBack = wasAway && !isAway
    wasAway = isAway
    if (isBack && play.phase === 'failed' && play.code === 'source-unreachable') onReturn()
  })
}
