import { useEffect, useLayoutEffect } from 'react'
import { create } from 'zustand'

interface PageTitle {
  readonly title: string | null
  readonly isInBar: boolean
}

export const usePageTitleStore = create<PageTitle>(() => ({ title: null, isInBar: true }))

/** Names the page in the window title and, unless it has a large heading of its own, as the heading in the top bar. */
export function usePageTitle(title: string | null, isInBar = true): void {
  useLayoutEffect(() => {
    usePageTitleStore.setState({ title, isInBar })
  }, [title, isInBar])
  useEffect(() => {
    document.title = title === null ? 'Spool' : `${title} · Spool`
  }, [title])
}
