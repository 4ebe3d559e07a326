import { type ReactNode, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Banners } from './banners.tsx'
import { RouteBoundary } from './route-boundary.tsx'
import styles from './shell.module.css'
import { Sidebar } from './sidebar.tsx'
import { TopBar } from './top-bar.tsx'
import { useViewMemory } from './view-memory.ts'
import { scrollerId } from '../lib/scroller.ts'

/** Sidebar and pane: everything but the player lives in it. */
export function Shell({ children }: { readonly children: ReactNode }): ReactNode {
  const { t } = useTranslation()
  const scroller = useRef<HTMLDivElement>(null)
  useViewMemory(scroller)
  return (
    <div className={styles['shell']}>
      <a href="#page" className={styles['skip']}>
        {t('skip')}
      </a>
      <Sidebar />
      <div ref={scroller} id={scrollerId} className={styles['pane']}>
        <TopBar />
        <Banners />
        <main id="page" tabIndex={-1} className={styles['main']}>
          <RouteBoundary>{children}</RouteBoundary>
        </main>
      </div>
    </div>
  )
}
