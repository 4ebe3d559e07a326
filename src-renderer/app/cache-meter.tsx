import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import type { CacheJob } from '../../src-preload/contract/index.ts'
import { formatBytes, formatShare, formatSpeed } from '../lib/format/bytes.ts'
import { formatDuration } from '../lib/format/duration.ts'
import { qualityWord } from '../lib/items/item-words.ts'
import { useCall } from '../lib/rpc/index.ts'
import { ProgressBar } from '../ui/progress-bar.tsx'
import styles from './sidebar.module.css'

/** What the cache holds of what it may, and the one running job. */
export function CacheMeter(): ReactNode {
  const { t } = useTranslation()
  const { data: stats } = useCall('cache.getStats', {})
  if (stats === undefined) return <div className={styles['meter']} />
  const { bytesUsed, bytesLimit, job } = stats
  return (
    <section aria-label={t('meter.label')} className={styles['meter']}>
      <p className={styles['meter-words']}>
        {t('meter.used', {
          share:
            bytesUsed <= 0
              ? `0 of ${formatBytes(bytesLimit)}`
              : formatShare(Math.min(bytesUsed, bytesLimit - 1), bytesLimit, false),
        })}
      </p>
      <ProgressBar meaning="here" share={bytesLimit > 0 ? bytesUsed / bytesLimit : 0} />
      {job !== null && (
        <Link href="/downloads" className={styles['job']}>
          <JobLines job={job} />
        </Link>
      )}
    </section>
  )
}

function JobLines({ job }: { readonly job: CacheJob }): ReactNode {
  const { t } = useTranslation()
  const facts = [
    job.bytesPerSecond === null ? null : formatSpeed(job.bytesPerSecond),
    job.remainingMs === null ? null : t('left', { time: formatDuration(job.remainingMs) }),
  ].filter((fact) => fact !== null)
  return (
    <>
      <span className={styles['job-line']}>
        {job.title} {qualityWord(job.key.quality)}
      </span>
      <span className={styles['job-line']}>
        {facts.length === 0 ? t('shelf.filling') : facts.join(' · ')}
      </span>
    </>
  )
}
