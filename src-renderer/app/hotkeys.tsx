import { type ReactNode, useEffect, useEffectEvent, useState } from 'react'
import { useLocation } from 'wouter'
import { HelpDialog } from './help-dialog.tsx'
import { searchFieldId } from './top-bar.tsx'

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName)) &&
  !(target instanceof HTMLInputElement && /^(range|checkbox|radio|button)$/.test(target.type))

/** The keys that work on every page. The player has its own; only `?` is shared. */
export function Hotkeys(): ReactNode {
  const [path, navigate] = useLocation()
  const [isHelpOpen, setHelpOpen] = useState(false)

  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return
    const isCommand = event.ctrlKey || event.metaKey
    const isPlaying = path.startsWith('/play/')
    const search = (): void => {
      const field = document.getElementById(searchFieldId)
      if (!(field instanceof HTMLInputElement)) return
      event.preventDefault()
      field.focus()
      field.select()
    }
    if (isCommand && !event.altKey && event.key === 'f' && !isPlaying) return search()
    if (isCommand && event.key === ',') {
      event.preventDefault()
      return navigate('/settings')
    }
    if (isCommand || isTyping(event.target)) return
    if (event.altKey && window.spool !== undefined) {
      // Browsers do this themselves; Electron does not.
      if (event.key === 'ArrowLeft') window.history.back()
      if (event.key === 'ArrowRight') window.history.forward()
      return
    }
    if (event.altKey) return
    if (event.key === '/' && !isPlaying) return search()
    if (event.key === '?') {
      event.preventDefault()
      setHelpOpen(true)
    }
  })

  useEffect(() => {
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])

  return <HelpDialog isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
}
