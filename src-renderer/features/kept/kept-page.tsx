import { Layers2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import { usePageTitle } from '../../lib/page-title.ts'
import { useCopiesAway } from '../../lib/items/copies-away.ts'
import { useCall } from '../../lib/rpc/index.ts'
import { Button } from '../../ui/button.tsx'
import { CardGrid, CardGridSkeleton } from '../../ui/card-grid.tsx'
import { EmptyState, ErrorState } from '../../ui/states.tsx'

/** Every title of which something is here. */
export function KeptPage(): ReactNode {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  usePageTitle(t('nav.kept'))
  const kept = useCall('library.getKept', {})
  const areCopiesAway = useCopiesAway()
  if (kept.data === undefined) {
    return kept.error === null ? (
      <CardGridSkeleton />
    ) : (
      <ErrorState error={kept.error} where="library.getKept" onRetry={() => void kept.refetch()} />
    )
  }
  if (kept.data.length === 0) {
    return (
      <EmptyState
        icon={<Layers2 size={32} aria-hidden />}
        action={<Button onClick={() => navigate('/')}>{t('kept.browse')}</Button>}
      >
        {t('kept.empty')}
      </EmptyState>
    )
  }
  const complete = kept.data.filter((item) => item.kept.some((copy) => copy.complete))
  const partial = kept.data.filter((item) => !item.kept.some((copy) => copy.complete))
  return (
    <>
      {complete.length > 0 && (
        <CardGrid
          title={t(areCopiesAway ? 'quality.copiesAway' : 'kept.ready')}
          subtitle={t('kept.titles', { count: complete.length })}
          items={complete}
        />
      )}
      {partial.length > 0 && (
        <CardGrid
          title={t('kept.partly')}
          subtitle={t('kept.titles', { count: partial.length })}
          items={partial}
          showsParts
        />
      )}
    </>
  )
}
