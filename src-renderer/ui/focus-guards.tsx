import { type ReactNode, useLayoutEffect } from 'react'

/**
 * Put inside what floats. Base UI sets empty, focusable elements around it that hand the focus on at once, and hides them from screen
 * readers; what is hidden must not take the focus, and being empty they say nothing anyway. So they are hidden no more.
 */
export function HonestFocusGuards(): ReactNode {
  useLayoutEffect(() => {
    const unhide = (): void => {
      for (const guard of document.querySelectorAll('[data-base-ui-focus-guard][aria-hidden]'))
        guard.removeAttribute('aria-hidden')
    }
    unhide()
    // Some come with a later commit than what they guard.
    const watch = new MutationObserver(unhide)
    watch.observe(document.body, { childList: true, subtree: true })
    return () => watch.disconnect()
  }, [])
  return null
}
