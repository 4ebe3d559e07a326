import { useEffect, useEffectEvent } from 'react'
import { type KeyCommand, type KeyFocus, keyCommand } from '../../player/key-commands.ts'

/** What the focus stands on, for the key table. Whatever a dialog holds is not the player's. */
export function keyFocusOf(target: EventTarget | null): KeyFocus {
  if (!(target instanceof HTMLElement)) return 'none'
  if (target.closest('[role="dialog"], [role="alertdialog"]') !== null) return 'text'
  if (target.isContentEditable || /^(textarea|select)$/i.test(target.tagName)) return 'text'
  if (target.closest('[data-keys="slider"]') !== null) return 'slider'
  if (target instanceof HTMLInputElement && target.type !== 'range') return 'text'
  if (target.closest('[role="menu"]') !== null) return 'menu'
  return target.closest('button, a[href]') === null ? 'none' : 'button'
}

/** Answers the keyboard for the whole page while the player is there. */
export function usePlayerKeys(onCommand: (command: KeyCommand) => void): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return
    const { key, shiftKey, ctrlKey, metaKey, altKey } = event
    const command = keyCommand({ key, shiftKey, ctrlKey, metaKey, altKey, focus: keyFocusOf(event.target) })
    if (command === null) return
    event.preventDefault()
    onCommand(command)
  })
  useEffect(() => {
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
}
