import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect, useMemo, useState } from 'react'
import { useLocation, useParams, useSearchParams } from 'wouter'
import type { Item, ItemSummary, MediaId } from '../../../src-preload/contract/index.ts'
import { asMediaId, asQuality, asSourceId } from '../../../src-preload/contract/index.ts'
import { useCopiesAway, withoutCopies } from '../../lib/items/copies-away.ts'
import { itemPath, playPath } from '../../lib/items/item-paths.ts'
import { resumePoint } from '../../lib/items/play-plan.ts'
import { usePageTitle } from '../../lib/page-title.ts'
import { callKey, useCall, useRpc } from '../../lib/rpc/index.ts'
import { createPlayer } from '../../player/engine.ts'
import type { Player } from '../../player/player.ts'
import { findPart } from './find-part.ts'
import { canLeaveBack } from './leave-player.ts'
import { NothingToPlay } from './nothing-to-play.tsx'
import { PlayerProvider, usePlayer, usePlayerState } from './player-context.tsx'
import { PlayerView } from './player-view.tsx'
import { useNeighbours } from './use-neighbours.ts'
import { useSystemMedia } from './use-system-media.ts'

/** `/play/:sourceId/:ratingKey?media=<mediaId>&quality=<quality>&t=<ms>`: edge to edge, without the rest of the app. */
export function PlayerPage(): ReactNode {
  const { sourceId, ratingKey } = useParams<{ sourceId: string; ratingKey: string }>()
  const rpc = useRpc()
  const [player, setPlayer] = useState<Player | null>(null)
  const item = useCall('library.getItem', { sourceId: asSourceId(sourceId), ratingKey })
  const areCopiesAway = useCopiesAway()
  const shown = useMemo(
    () => (item.data !== undefined && areCopiesAway ? withoutCopies(item.data) : (item.data ?? null)),
    [item.data, areCopiesAway],
  )

  useEffect(() => {
    const created = createPlayer(rpc)
    setPlayer(created)
    const onHide = (): void => created.leave()
    window.addEventListener('pagehide', onHide)
    return () => {
      window.removeEventListener('pagehide', onHide)
      created.dispose()
      setPlayer(null)
    }
  }, [rpc])

  if (item.isError && item.data === undefined)
    return <NothingToPlay error={item.error} ratingKey={ratingKey} onRetry={() => void item.refetch()} />
  if (player === null) return null
  return (
    <PlayerProvider player={player}>
      <Playing item={shown} />
    </PlayerProvider>
  )
}

/** Ties the player to the address: what it opens, and what the address says while it plays. */
function Playing({ item }: { readonly item: Item | null }): ReactNode {
  const player = usePlayer()
  const [, navigate] = useLocation()
  const queries = useQueryClient()
  const [search] = useSearchParams()
  const sources = useCall('library.getSources', {}).data
  const source = sources?.find(({ sourceId }) => sourceId === item?.sourceId)
  const sourceName = source?.name ?? ''
  const { previous, next } = useNeighbours(item)
  const found = item === null ? null : findPart(item, search.get('media'))
  const mediaId = found?.part.mediaId ?? null
  usePageTitle(item?.title ?? null)

  useEffect(() => {
    if (item === null || found === null) return
    const { item: openItem, part: openPart } = player.store.getState()
    if (openItem?.ratingKey === item.ratingKey && openPart?.mediaId === found.part.mediaId) {
      player.refresh(item, found.part, sourceName)
      return
    }
    const quality = search.get('quality')
    const t = search.get('t')
    player.open({
      item,
      part: found.part,
      sourceName,
      target: quality === null || quality === 'automatic' ? 'automatic' : asQuality(quality),
      positionMs: t === null || !/^\d+$/.test(t) ? null : Number(t),
    })
  })

  const leave = (): void => {
    if (canLeaveBack()) window.history.back()
    else navigate(item === null ? '/' : itemPath(item), { replace: true })
  }
  /** What a person has chosen holds to the end of the title, over all its parts. */
  const goTo = (to: { readonly ratingKey: string; readonly mediaId: MediaId }, fromStart: boolean): void => {
    if (item === null) return
    // Without tracks: those are other streams in another file, and the core knows which. What the page has of it may be older than the choice.
    if (to.ratingKey !== item.ratingKey)
      queries.removeQueries({
        queryKey: callKey('library.getItem', { sourceId: item.sourceId, ratingKey: to.ratingKey }),
      })
    const { wish } = player.store.getState()
    navigate(
      playPath({
        sourceId: item.sourceId,
        ...to,
        ...(wish === 'automatic' || to.ratingKey !== item.ratingKey ? {} : { quality: wish }),
        ...(fromStart ? { positionMs: 0 } : {}),
      }),
      { replace: true },
    )
  }
  // Its page finds the part: nothing but the episode is known here.
  const goToEpisode = (to: ItemSummary): void =>
    goTo({ ratingKey: to.ratingKey, mediaId: asMediaId('') }, false)

  /** The same moment of another file; positions count over all its parts. */
  const goToVersion = (firstPart: MediaId): void => {
    const version = item?.versions.find(({ parts }) => parts[0]?.mediaId === firstPart)
    if (item === null || found === null || version === undefined) return
    const atMs = found.startMs + player.store.getState().positionMs
    const to = resumePoint(version, atMs)
    if (to === null) return
    const { wish } = player.store.getState()
    const isThere = to.part.qualities.some(
      ({ quality, unavailable }) => quality === wish && unavailable === undefined,
    )
    navigate(
      playPath({
        sourceId: item.sourceId,
        ratingKey: item.ratingKey,
        mediaId: to.part.mediaId,
        ...(isThere && wish !== 'automatic' ? { quality: wish } : {}),
        positionMs: to.resumeMs ?? 0,
      }),
      { replace: true },
    )
  }

  const phase = usePlayerState((now) => now.play.phase)
  const nextPartId = found?.nextPart?.mediaId ?? null
  useEffect(() => {
    if (phase !== 'ended' || item === null) return
    if (nextPartId !== null) goTo({ ratingKey: item.ratingKey, mediaId: nextPartId }, true)
    else if (next === null) leave()
    // Only what comes after the end of this part counts, once.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [phase])

  useAddress(item, mediaId)
  useSystemMedia({
    onNext: next === null ? null : () => goToEpisode(next),
    onPrevious: previous === null ? null : () => goToEpisode(previous),
    onLeave: leave,
  })

  return (
    <PlayerView
      isSourceOnline={source?.connection !== 'offline'}
      previous={previous}
      next={next}
      onGo={goToEpisode}
      onVersion={goToVersion}
      onLeave={leave}
    />
  )
}

/** Keeps the quality in the address and drops where to begin, so that a reload goes on as it was. */
function useAddress(item: Item | null, mediaId: MediaId | null): void {
  const [, navigate] = useLocation()
  const playing = usePlayerState((now) => now.stream?.quality ?? null)
  const isAutomatic = usePlayerState((now) => now.isAutomatic)
  const openKey = usePlayerState((now) => now.item?.ratingKey ?? null)
  const openPart = usePlayerState((now) => now.part?.mediaId ?? null)
  useEffect(() => {
    if (item === null || playing === null || openKey !== item.ratingKey || openPart !== mediaId) return
    const address = playPath({
      sourceId: item.sourceId,
      ratingKey: item.ratingKey,
      mediaId: openPart ?? asMediaId(''),
      ...(isAutomatic ? {} : { quality: playing }),
    })
    if (address !== window.location.pathname + window.location.search) navigate(address, { replace: true })
  }, [item, mediaId, openKey, openPart, playing, isAutomatic, navigate])
}
