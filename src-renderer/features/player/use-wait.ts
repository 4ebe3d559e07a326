import { optionOf } from '../../player/player-store.ts'
import { type WaitExplained, explainWait } from '../../player/waiting-sentence.ts'
import { usePlayerState } from './player-context.tsx'

/** What the player would be waiting for now, and what would help. */
export function useWait(isSourceOnline: boolean): WaitExplained {
  const stats = usePlayerState((now) => now.stats)
  const link = usePlayerState((now) => now.link)
  const connection = usePlayerState((now) => now.connection)
  const source = usePlayerState((now) => now.sourceName)
  const part = usePlayerState((now) => now.part)
  const stream = usePlayerState((now) => now.stream)
  return explainWait({
    source,
    // Nothing is on its way from a server that is known to be away, whatever the figures say by now.
    connection: isSourceOnline ? connection : 'offline',
    stats,
    link,
    playing: optionOf(part, stream?.quality),
    options: part?.qualities ?? [],
  })
}
