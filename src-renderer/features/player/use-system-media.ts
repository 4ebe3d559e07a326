import { useEffect, useRef } from 'react'
import { pictureUrl } from '../../lib/items/item-paths.ts'
import { episodeNumber } from '../../lib/items/item-words.ts'
import { wantsPlay } from '../../player/player-state.ts'
import { type SystemMedia, createSystemMedia } from '../../player/system-media.ts'
import { usePlayer, usePlayerState } from './player-context.tsx'

/** Media keys, the desktop's player panel, and the screen kept awake. */
export function useSystemMedia(handlers: {
  readonly onNext: (() => void) | null
  readonly onPrevious: (() => void) | null
  readonly onLeave: () => void
}): void {
  const player = usePlayer()
  const item = usePlayerState((now) => now.item)
  const isPlaying = usePlayerState((now) => wantsPlay(now.play))
  const durationMs = usePlayerState((now) => now.durationMs)
  const rate = usePlayerState((now) => now.rate)
  // The panel counts on by itself between these.
  const tenSeconds = usePlayerState((now) => Math.floor(now.positionMs / 10_000))
  const media = useRef<SystemMedia | null>(null)

  useEffect(() => {
    const created = createSystemMedia()
    media.current = created
    return () => {
      created.destroy()
      media.current = null
    }
  }, [])

  useEffect(() => {
    if (item === null) return
    const number = episodeNumber(item)
    const isEpisode = item.type === 'episode'
    media.current?.describe({
      title: item.title,
      subtitle: isEpisode
        ? [item.showTitle, number].filter((word) => word !== null).join(' · ')
        : String(item.year ?? ''),
      pictureUrl: item.posterUrl === null ? null : pictureUrl(item.posterUrl, 512, 512, 1),
    })
  }, [item])

  useEffect(() => {
    media.current?.setHandlers({
      play: () => player.play(),
      pause: () => player.pause(),
      seekBy: (ms) => player.seekBy(ms),
      seekTo: (ms) => player.seekTo(ms),
      next: handlers.onNext,
      previous: handlers.onPrevious,
      stop: handlers.onLeave,
    })
  })

  useEffect(() => {
    const { positionMs } = player.store.getState()
    media.current?.update({ isPlaying, positionMs, durationMs, rate })
  }, [player, isPlaying, durationMs, rate, tenSeconds])
}
