import clsx from 'clsx'
import { ArrowDownToLine, Clapperboard, House, Layers2, Search, Settings, Tv } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'wouter'
import type { Section, Source } from '../../src-preload/contract/index.ts'
import { formatCount } from '../lib/format/count.ts'
import { libraryPath } from '../lib/items/item-paths.ts'
import { useCall } from '../lib/rpc/index.ts'
import { useMedia } from '../lib/use-media.ts'
import { Tooltip } from '../ui/tooltip.tsx'
import { CacheMeter } from './cache-meter.tsx'
import styles from './sidebar.module.css'
import { SpoolMark } from './spool-mark.tsx'

interface EntryProps {
  readonly href: string
  readonly icon: ReactNode
  readonly label: string
  readonly count?: number | null
  /** Read out after the count. */
  readonly isAway?: boolean
}

/** `/` is only itself; the others are also what lies below them. */
const isWithin = (path: string, href: string): boolean =>
  path === href || (href !== '/' && path.startsWith(`${href}/`))

function Entry({ href, icon, label, count, isAway = false }: EntryProps): ReactNode {
  const [path] = useLocation()
  const isNarrow = useMedia('(width < 900px)')
  const link = (
    <Link
      href={href}
      className={clsx(styles['entry'], isAway && styles['away'])}
      {...(isWithin(path, href) ? { 'aria-current': 'page' as const } : {})}
    >
      <span className={styles['icon']}>{icon}</span>
      <span className={styles['label']}>{label}</span>
      {count !== undefined && count !== null && count > 0 && (
        <span className={styles['count']}>{formatCount(count)}</span>
      )}
    </Link>
  )
  return (
    <li>
      {isNarrow ? (
        <Tooltip text={label} side="inline-end">
          {link}
        </Tooltip>
      ) : (
        link
      )}
    </li>
  )
}

const sectionIcons: Readonly<Record<Section['type'], ReactNode>> = {
  movie: <Clapperboard size={18} aria-hidden />,
  show: <Tv size={18} aria-hidden />,
}

function SourceGroup({ source }: { readonly source: Source }): ReactNode {
  const { t } = useTranslation()
  const { data: sections } = useCall('library.getSections', { sourceId: source.sourceId })
  const isAway = source.connection === 'offline'
  const id = `source-${source.sourceId}`
  return (
    <section aria-labelledby={id} className={styles['group']}>
      <h2 id={id} className={styles['source']}>
        <span aria-hidden className={clsx(styles['dot'], isAway && styles['hollow'])} />
        <span className={styles['source-name']}>
          {source.name} · {t(`connection.${source.connection}`)}
        </span>
      </h2>
      <ul>
        {(sections ?? []).map((section) => (
          <Entry
            key={section.sectionId}
            href={libraryPath(source.sourceId, section.sectionId)}
            icon={sectionIcons[section.type]}
            label={section.title}
            count={section.count}
            isAway={isAway}
          />
        ))}
      </ul>
    </section>
  )
}

export function Sidebar(): ReactNode {
  const { t } = useTranslation()
  const { data: sources } = useCall('library.getSources', {})
  const { data: kept } = useCall('library.getKept', {})
  const { data: stats } = useCall('cache.getStats', {})
  const jobs = stats === undefined ? 0 : stats.jobsWaiting + (stats.job === null ? 0 : 1)
  return (
    <div className={styles['sidebar']}>
      <nav aria-label={t('nav.main')} className={styles['nav']}>
        <Link href="/" className={styles['product']} aria-label={t('nav.product')}>
          <SpoolMark />
          <span className={styles['label']}>Spool</span>
        </Link>
        <ul className={styles['group']}>
          <Entry href="/" icon={<House size={18} aria-hidden />} label={t('nav.home')} />
          <Entry href="/search" icon={<Search size={18} aria-hidden />} label={t('nav.search')} />
          <Entry
            href="/kept"
            icon={<Layers2 size={18} aria-hidden />}
            label={t('nav.kept')}
            count={kept?.length ?? null}
          />
        </ul>
        {(sources ?? []).map((source) => (
          <SourceGroup key={source.sourceId} source={source} />
        ))}
        <ul className={styles['group']}>
          <Entry
            href="/downloads"
            icon={<ArrowDownToLine size={18} aria-hidden />}
            label={t('nav.downloads')}
            count={jobs}
          />
          <Entry href="/settings" icon={<Settings size={18} aria-hidden />} label={t('nav.settings')} />
        </ul>
      </nav>
      <CacheMeter />
    </div>
  )
}
