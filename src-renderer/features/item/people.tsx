import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import type { Item } from '../../../src-preload/contract/index.ts'
import { searchPath } from '../../lib/items/item-paths.ts'
import details from './details.module.css'
import styles from './people.module.css'

/** Who made it and who is in it; a name searches for more. */
export function People({ item }: { readonly item: Item }): ReactNode {
  const { t } = useTranslation()
  if (item.directors.length === 0 && item.cast.length === 0) return null
  return (
    <section aria-label={t('item.people')} className={details['section']}>
      <dl className={styles['list']}>
        <Line name={t('item.directors', { count: item.directors.length })} people={item.directors} />
        <Line name={t('item.cast')} people={item.cast.slice(0, 16)} />
      </dl>
    </section>
  )
}

function Line({ name, people }: { readonly name: string; readonly people: readonly string[] }): ReactNode {
  if (people.length === 0) return null
  return (
    <div className={styles['line']}>
      <dt className={styles['name']}>{name}</dt>
      <dd className={styles['people']}>
        {people.map((person) => (
          <Link key={person} href={searchPath(person)} className={styles['person']}>
            {person}
          </Link>
        ))}
      </dd>
    </div>
  )
}
