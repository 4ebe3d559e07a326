import { type ComponentType, type ReactNode, useEffect, useState } from 'react'
import styles from './shell.module.css'

type PlayerPage = ComponentType

let loaded: PlayerPage | null = null

/** Its own chunk: hls.js and the player are not needed to browse. */
async function loadPlayer(): Promise<PlayerPage> {
  loaded ??= (await import('../features/player/player-page.tsx')).PlayerPage
  return loaded
}

/** Fetches the player while nothing else is done, so that the first click on Play finds it here. */
export function usePlayerAhead(): void {
  useEffect(() => {
    // What fails here is tried again, and said, by whoever plays.
    const idle = requestIdleCallback(() => void loadPlayer().catch(() => undefined))
    return () => cancelIdleCallback(idle)
  }, [])
}

/**
 * The player's page, once its chunk is here. Not `lazy` in `Suspense`: after its fallback has been shown, React holds the page back for 300 ms,
 * which is longer than everything else from the click to the first picture of a kept rung.
 */
export function PlayerRoute(): ReactNode {
  const [page, setPage] = useState<{ readonly Page: PlayerPage } | { readonly error: unknown } | null>(
    loaded === null ? null : { Page: loaded },
  )
  useEffect(() => {
    if (page !== null) return
    loadPlayer().then(
      (Page) => setPage({ Page }),
      (error: unknown) => setPage({ error }),
    )
  }, [page])
  if (page === null) return <div className={styles['wait']} data-theme="dark" />
  // Its boundary shows it, and begins anew when asked to.
  if ('error' in page) throw page.error
  return <page.Page />
}
