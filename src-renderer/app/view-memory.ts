import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react'
import { useLocation } from 'wouter'
import { entryKey } from './history.ts'

interface View {
  readonly scrollTop: number
  /** `data-focus-id` of what had the focus. */
  readonly focusId: string | null
}

/** One view per history entry: what Back comes back to. */
const views = new Map<string, View>()
const mostFrames = 45

/**
 * Scrolls to the top of a new page and moves the focus into it; on Back and Forward brings back where the page was scrolled to and what
 * had the focus. Things to come back to carry `data-focus-id`.
 */
export function useViewMemory(scroller: RefObject<HTMLElement | null>): void {
  const [path] = useLocation()
  const key = useRef(entryKey())
  const isFirst = useRef(true)

  useEffect(() => {
    const element = scroller.current
    if (element === null) return undefined
    const remember = (change: Partial<View>): void => {
      const was = views.get(key.current) ?? { scrollTop: 0, focusId: null }
      views.set(key.current, { ...was, ...change })
    }
    const onScroll = (): void => {
      element.toggleAttribute('data-scrolled', element.scrollTop > 8)
      // Away from its page already: this is the old page's height going away, not a person.
      if (key.current === entryKey()) remember({ scrollTop: element.scrollTop })
    }
    const onFocus = (event: FocusEvent): void => {
      const stop =
        event.target instanceof Element ? event.target.closest<HTMLElement>('[data-focus-id]') : null
      if (stop !== null) remember({ focusId: stop.dataset['focusId'] ?? null })
    }
    element.addEventListener('scroll', onScroll, { passive: true })
    element.addEventListener('focusin', onFocus)
    return () => {
      element.removeEventListener('scroll', onScroll)
      element.removeEventListener('focusin', onFocus)
    }
  }, [scroller])

  useLayoutEffect(() => {
    const element = scroller.current
    key.current = entryKey()
    if (element === null) return undefined
    const view = views.get(key.current)
    if (view === undefined) {
      element.scrollTop = 0
      element.removeAttribute('data-scrolled')
      if (!isFirst.current && !(document.activeElement instanceof HTMLInputElement)) {
        element.querySelector<HTMLElement>('main')?.focus({ preventScroll: true })
      }
      isFirst.current = false
      return undefined
    }
    isFirst.current = false
    return restore(element, view)
  }, [path, scroller])
}

/** Pages fill up over a few frames (queries, virtual rows): tries until it fits, somebody else scrolls, or it takes too long. */
function restore(element: HTMLElement, view: View): () => void {
  let frame = 0
  let handle = 0
  const stop = (): void => {
    cancelAnimationFrame(handle)
    for (const kind of ['wheel', 'keydown', 'pointerdown']) element.removeEventListener(kind, stop)
  }
  const step = (): void => {
    element.scrollTop = view.scrollTop
    const isThere = Math.abs(element.scrollTop - view.scrollTop) < 2
    const target =
      view.focusId === null
        ? null
        : element.querySelector<HTMLElement>(`[data-focus-id="${CSS.escape(view.focusId)}"]`)
    if (isThere && target !== null) target.focus({ preventScroll: true })
    frame += 1
    if ((isThere && (target !== null || view.focusId === null)) || frame > mostFrames) stop()
    else handle = requestAnimationFrame(step)
  }
  for (const kind of ['wheel', 'keydown', 'pointerdown'])
    element.addEventListener(kind, stop, { passive: true })
  step()
  return stop
}
