import { Dialog as Base } from '@base-ui/react/dialog'
import clsx from 'clsx'
import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from './button.tsx'
import styles from './dialog.module.css'
import { HonestFocusGuards } from './focus-guards.tsx'

export interface DialogProps {
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly title: string
  readonly description?: ReactNode
  readonly children?: ReactNode
  /** Buttons, the one that does it last. */
  readonly actions?: ReactNode
  readonly isWide?: boolean
}

export function Dialog({
  isOpen,
  onClose,
  title,
  description,
  children,
  actions,
  isWide = false,
}: DialogProps): ReactNode {
  const { t } = useTranslation()
  return (
    <Base.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Backdrop className={styles['backdrop']} />
        <Base.Popup className={clsx(styles['popup'], isWide && styles['wide'])}>
          <HonestFocusGuards />
          <header className={styles['header']}>
            <Base.Title className={styles['title']}>{title}</Base.Title>
            {/* With buttons below one of them closes; the first thing focused is then the harmless one. */}
            {actions === undefined && (
              <Base.Close
                render={<IconButton size="small" tooltip="none" label={t('close')} icon={<X size={18} />} />}
              />
            )}
          </header>
          {description !== undefined && (
            <Base.Description className={styles['description']}>{description}</Base.Description>
          )}
          {children}
          {actions !== undefined && <footer className={styles['actions']}>{actions}</footer>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}
