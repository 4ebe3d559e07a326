import { ChevronLeft, ChevronRight, Search, X } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation, useSearchParams } from 'wouter'
import { searchPath } from '../lib/items/item-paths.ts'
import { usePageTitleStore } from '../lib/page-title.ts'
import { IconButton } from '../ui/button.tsx'
import { Hotkey } from '../ui/hotkey.tsx'
import { useCanGoBack, useCanGoForward } from './history.ts'
import styles from './top-bar.module.css'

export const searchFieldId = 'search-field'

export function TopBar(): ReactNode {
  const { t } = useTranslation()
  const { title, isInBar } = usePageTitleStore()
  const canGoBack = useCanGoBack()
  const canGoForward = useCanGoForward()
  return (
    <header className={styles['bar']}>
      <div className={styles['ways']}>
        <IconButton
          size="small"
          label={t('back')}
          hotkey="Alt ←"
          disabled={!canGoBack}
          icon={<ChevronLeft size={20} className={styles['mirrored']} />}
          onClick={() => window.history.back()}
        />
        <IconButton
          size="small"
          label={t('forward')}
          hotkey="Alt →"
          disabled={!canGoForward}
          icon={<ChevronRight size={20} className={styles['mirrored']} />}
          onClick={() => window.history.forward()}
        />
      </div>
      {isInBar && title !== null && <h1 className={styles['title']}>{title}</h1>}
      <SearchField />
    </header>
  )
}

/** Typing searches at once and replaces the address; only the first letter makes a step that Back undoes. */
function SearchField(): ReactNode {
  const { t } = useTranslation()
  const [path, navigate] = useLocation()
  const [params] = useSearchParams()
  const isSearching = path === '/search'
  const query = isSearching ? (params.get('q') ?? '') : ''
  const [text, setText] = useState(query)
  const [known, setKnown] = useState(query)
  if (query !== known) {
    // Back, Forward or a link changed the address: the field follows.
    setKnown(query)
    if (query !== text.trim()) setText(query)
  }

  useEffect(() => {
    const wanted = text.trim()
    if (wanted === query || (!isSearching && wanted === '')) return undefined
    const timer = setTimeout(() => navigate(searchPath(wanted), { replace: isSearching }), 120)
    return () => clearTimeout(timer)
  }, [text, query, isSearching, navigate])

  return (
    <search className={styles['search']}>
      <Search size={16} aria-hidden className={styles['glass']} />
      <input
        id={searchFieldId}
        type="search"
        className={styles['field']}
        value={text}
        placeholder={t('search.placeholder')}
        aria-label={t('search.placeholder')}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          if (text === '') event.currentTarget.blur()
          else setText('')
        }}
      />
      {text === '' ? (
        <span className={styles['key']} aria-hidden>
          <Hotkey>/</Hotkey>
        </span>
      ) : (
        <button
          type="button"
          className={styles['clear']}
          aria-label={t('search.clear')}
          onClick={(event) => {
            setText('')
            event.currentTarget.parentElement?.querySelector('input')?.focus()
          }}
        >
          <X size={14} aria-hidden />
        </button>
      )}
    </search>
  )
}
