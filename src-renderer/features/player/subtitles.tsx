import clsx from 'clsx'
import { type ReactNode, useEffect, useRef } from 'react'
import styles from './overlays.module.css'
import { usePlayerState } from './player-context.tsx'

/** The cues of this moment. Above the controls while they show. */
export function Subtitles({ isRaised }: { readonly isRaised: boolean }): ReactNode {
  const cues = usePlayerState((now) => now.cues)
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const nodes = cues.map((fragment) => {
      const cue = document.createElement('div')
      cue.className = styles['cue'] ?? ''
      cue.append(fragment.cloneNode(true))
      return cue
    })
    box.current?.replaceChildren(...nodes)
  }, [cues])
  return <div ref={box} className={clsx(styles['subtitles'], isRaised && styles['raised'])} />
}
