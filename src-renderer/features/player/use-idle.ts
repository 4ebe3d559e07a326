import { type RefObject, useEffect, useState } from 'react'

const idleAfterMs = 3000

/**
 * True when nobody has moved the pointer, pressed a key or moved the focus for three seconds. Never while `isHeld`, and never while the
 * keyboard's focus stands on one of the controls: they must not vanish under it.
 */
export function useIdle(root: RefObject<HTMLElement | null>, controls: string, isHeld: boolean): boolean {
  const [isIdle, setIdle] = useState(false)

  useEffect(() => {
    const element = root.current
    if (element === null) return undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    const hasKeyboardFocus = (): boolean => {
      const focused = element.querySelector(`${controls} :focus-visible`)
      return focused !== null
    }
    const wake = (): void => {
      clearTimeout(timer)
      setIdle(false)
      if (isHeld) return
      timer = setTimeout(function doze() {
        if (hasKeyboardFocus()) timer = setTimeout(doze, idleAfterMs)
        else setIdle(true)
      }, idleAfterMs)
    }
    let lastAt = ''
    const onMove = (event: PointerEvent): void => {
      // Browsers repeat the last position when what lies under the pointer changes.
      const at = `${event.screenX} ${event.screenY}`
      if (at === lastAt) return
      lastAt = at
      wake()
    }
    const life = new AbortController()
    const { signal } = life
    element.addEventListener('pointermove', onMove, { signal })
    element.addEventListener('pointerdown', wake, { signal })
    element.addEventListener('focusin', wake, { signal })
    window.addEventListener('keydown', wake, { signal })
    wake()
    return () => {
      life.abort()
      clearTimeout(timer)
    }
  }, [root, controls, isHeld])

  return isIdle && !isHeld
}
