import { type ReactNode, createContext, use } from 'react'
import { useStore } from 'zustand'
import type { Player } from '../../player/player.ts'
import type { PlayerSnapshot } from '../../player/player-store.ts'

const PlayerContext = createContext<Player | null>(null)

export function PlayerProvider({
  player,
  children,
}: {
  readonly player: Player
  readonly children: ReactNode
}): ReactNode {
  return <PlayerContext value={player}>{children}</PlayerContext>
}

export function usePlayer(): Player {
  const player = use(PlayerContext)
  if (player === null) throw new Error('usePlayer needs a PlayerProvider above')
  return player
}

/** A part of what the player is doing; draws again only when that part changes. */
export function usePlayerState<T>(select: (snapshot: PlayerSnapshot) => T): T {
  return useStore(usePlayer().store, select)
}
