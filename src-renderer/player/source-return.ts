import type { CoreCalls } from './core-calls.ts'
import type { PlayerStore } from './player-store.ts'

/**
 * Tries again by itself when the server whose absence ended playing (or kept it from beginning) answers again. The topic speaks only when
 * something about the servers changes, so a server that answers and still does not serve is not asked over and over. Returns what ends it.
 */
export function watchReturn(core: CoreCalls, store: PlayerStore, onReturn: () => void): () => void {
  let connection: string | null = null
  return core.subscribe('library.sources', (sources) => {
    const { item, play } = store.getState()
    const source = sources.find(({ sourceId }) => sourceId === item?.sourceId)
    if (source === undefined) return
    const isNews = source.connection !== connection
    connection = source.connection
    if (!isNews || connection === 'offline') return
    if (play.phase === 'failed' && play.code === 'source-unreachable') onReturn()
  })
}
