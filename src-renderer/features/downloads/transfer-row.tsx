import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import type { CacheKey, OfTitle } from '../../../src-preload/contract/index.ts'
import { itemPath } from '../../lib/items/item-paths.ts'
import { ProgressBar } from '../../ui/progress-bar.tsx'
import styles from './downloads-page.module.css'

/** One quality of a title: what it is, how it stands, how much of it is here, and what can be done with it. */
export function TransferRow({
  of,
  quality,
  words,
  tone,
  share,
  children,
}: {
  readonly of: OfTitle & { readonly key: CacheKey; readonly title: string }
  readonly quality: string
  readonly words: string
  readonly tone: 'detail' | 'ready' | 'trouble'
  /** 0–1: draws a bar; null: none. */
  readonly share: number | null
  /** Buttons. */
  readonly children: ReactNode
}): ReactNode {
  const { t } = useTranslation()
  const { key, title, ratingKey } = of
  return (
    <li className={styles['entry']}>
      <div className={styles['words']}>
        <p className={styles['title']}>
          {ratingKey === null ? (
            title
          ) : (
            <Link href={itemPath({ sourceId: key.sourceId, ratingKey })} className={styles['link']}>
              {title}
            </Link>
          )}{' '}
          <span className={styles['quality']}>{quality}</span>
        </p>
        <p className={styles[tone]}>
          {tone === 'ready' && <Check size={13} strokeWidth={2.5} aria-hidden />}
          {words}
        </p>
        {share !== null && (
          <ProgressBar
            meaning="here"
            share={share}
            label={t('shelf.here', { percent: Math.floor(share * 100), label: `${title} ${quality}` })}
            className={styles['bar']}
          />
        )}
      </div>
      <div className={styles['buttons']}>{children}</div>
    </li>
  )
}
