import { Tooltip as Base } from '@base-ui/react/tooltip'
import type { ReactElement, ReactNode } from 'react'
import { Hotkey } from './hotkey.tsx'
import styles from './tooltip.module.css'

export interface TooltipProps {
  /** Only what the control's own name already says, or a key: a tooltip is not read out. */
  readonly text: string
  readonly hotkey?: string
  readonly side?: 'top' | 'bottom' | 'inline-end'
  /** One element that takes props and a ref. */
  readonly children: ReactElement<Record<string, unknown>>
}

export function Tooltip({ text, hotkey, side = 'bottom', children }: TooltipProps): ReactNode {
  return (
    <Base.Root>
      <Base.Trigger render={children} />
      <Base.Portal>
        <Base.Positioner side={side} sideOffset={6} className={styles['positioner']}>
          <Base.Popup className={styles['popup']}>
            {text}
            {hotkey !== undefined && <Hotkey>{hotkey}</Hotkey>}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

/** Wrap the app once: tooltips come after a moment, and at once while moving along a row of buttons. */
export const TooltipProvider = Base.Provider
