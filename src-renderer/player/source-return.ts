import type { CoreCalls } from './core-calls.ts'
import type { PlayerStore } from './player-store.ts'

/**
 * Tries again by itself when the server whose absence ended playing (or kept it from beginning) answers again. The topic speaks only when
 * something about the servers changes, so a server that answers and still does not serve is not asked over and over. `onChange` hears of every
 * change, also while something plays. Returns what ends it.
 */
export function watchReturn(
  core: CoreCalls,
  store: PlayerStore,
  onReturn: () => void,
  onChange: (isOnline: boolean) => void = () => undefined,
): () => void {
  let connection: string | null = null
  return core.subscribe('library.sources', (sources) => {
    const { item, play } = store.getState()
    const source = sources.find(({ sourceId }) => sourceId === item?.sourceId)
    if (source === undefined) return
    const isNews = source.connection !== connection
    connection = source.connection
    if (isNews) onChange(connection !== 'offline')
    if (!isNews || connection === 'offline') return
    if (play.phase === 'failed' && play.code === 'source-unreachable') onReturn()
  })
}
