import { CircleAlert, X } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { create } from 'zustand'
import { Button, IconButton } from './button.tsx'
import styles from './toast.module.css'

export interface Toast {
  readonly text: string
  /** `trouble` stays until somebody has had time to read it. */
  readonly kind?: 'note' | 'trouble'
  readonly code?: string
  readonly action?: { readonly label: string; readonly run: () => void }
}

interface Shown extends Toast {
  readonly id: number
}

const useToasts = create<{ readonly shown: readonly Shown[] }>(() => ({ shown: [] }))
let nextId = 1
const mostShown = 3

/** Says something in passing. The same text twice is shown once. */
export function showToast(toast: Toast): void {
  const { shown } = useToasts.getState()
  const others = shown.filter((other) => other.text !== toast.text)
  useToasts.setState({ shown: [...others, { ...toast, id: nextId++ }].slice(-mostShown) })
}

const hide = (id: number): void =>
  useToasts.setState(({ shown }) => ({ shown: shown.filter((toast) => toast.id !== id) }))

function ToastView({ toast }: { readonly toast: Shown }): ReactNode {
  const { t } = useTranslation()
  const [isHeld, setHeld] = useState(false)
  useEffect(() => {
    if (isHeld) return undefined
    const timer = setTimeout(() => hide(toast.id), toast.kind === 'trouble' ? 12_000 : 5000)
    return () => clearTimeout(timer)
  }, [isHeld, toast])
  return (
    <li
      className={styles['toast']}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      {toast.kind === 'trouble' && <CircleAlert size={18} aria-hidden className={styles['trouble']} />}
      <p className={styles['text']}>
        {toast.text}
        {toast.code !== undefined && <code className={styles['code']}>{toast.code}</code>}
      </p>
      {toast.action !== undefined && (
        <Button
          size="small"
          variant="quiet"
          onClick={() => {
            toast.action?.run()
            hide(toast.id)
          }}
        >
          {toast.action.label}
        </Button>
      )}
      <IconButton
        size="small"
        tooltip="none"
        label={t('dismiss')}
        icon={<X size={16} />}
        onClick={() => hide(toast.id)}
      />
    </li>
  )
}

/** Mount once. */
export function ToastHost(): ReactNode {
  const { t } = useTranslation()
  const shown = useToasts((state) => state.shown)
  return (
    <section aria-label={t('messages')} aria-live="polite" className={styles['host']}>
      <ul className={styles['list']}>
        {shown.map((toast) => (
          <ToastView key={toast.id} toast={toast} />
        ))}
      </ul>
    </section>
  )
}
