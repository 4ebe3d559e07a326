import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { keyHelp } from '../player/key-help.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Hotkey } from '../ui/hotkey.tsx'
import styles from './help-dialog.module.css'

const everywhere = [
  ['search', ['/']],
  ['help', ['?']],
  ['settings', ['Ctrl', ',']],
  ['back', ['Alt', '←']],
  ['forward', ['Alt', '→']],
  ['move', ['←', '→', '↑', '↓']],
  ['ends', ['Home', 'End']],
  ['letter', ['A–Z']],
] as const

/** Every key there is. */
export function HelpDialog({
  isOpen,
  onClose,
}: {
  readonly isOpen: boolean
  readonly onClose: () => void
}): ReactNode {
  const { t } = useTranslation()
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t('help.title')} isWide>
      <div className={styles['columns']}>
        <section>
          <h3 className={styles['heading']}>{t('help.everywhere')}</h3>
          <dl className={styles['list']}>
            {everywhere.map(([name, keys]) => (
              <Line key={name} words={t(`help.keys.${name}`)} keys={keys} />
            ))}
          </dl>
        </section>
        <section>
          <h3 className={styles['heading']}>{t('help.playing')}</h3>
          <dl className={styles['list']}>
            {keyHelp().map(([name, keys]) => (
              <Line key={name} words={t(`help.keys.${name}`)} keys={keys} />
            ))}
          </dl>
        </section>
      </div>
    </Dialog>
  )
}

function Line({ words, keys }: { readonly words: string; readonly keys: readonly string[] }): ReactNode {
  return (
    <div className={styles['line']}>
      <dt>{words}</dt>
      <dd className={styles['keys']}>
        {keys.map((key) => (
          <Hotkey key={key}>{key}</Hotkey>
        ))}
      </dd>
    </div>
  )
}
