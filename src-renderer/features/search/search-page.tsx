import { Search } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'wouter'
import type { ItemSummary } from '../../../src-preload/contract/index.ts'
import { usePageTitle } from '../../lib/page-title.ts'
import { useCall } from '../../lib/rpc/index.ts'
import { CardGrid, CardGridSkeleton } from '../../ui/card-grid.tsx'
import { EmptyState, ErrorState } from '../../ui/states.tsx'

const groups = ['movie', 'show', 'episode', 'season'] as const

export function SearchPage(): ReactNode {
  const { t } = useTranslation()
  const [params] = useSearchParams()
  const query = (params.get('q') ?? '').trim()
  usePageTitle(t('nav.search'))
  const found = useCall('library.search', { query }, { enabled: query !== '', keepsPrevious: true })

  if (query === '')
    return <EmptyState icon={<Search size={32} aria-hidden />}>{t('search.start')}</EmptyState>
  if (found.data === undefined) {
    return found.error === null ? (
      <CardGridSkeleton />
    ) : (
      <ErrorState error={found.error} where="library.search" onRetry={() => void found.refetch()} />
    )
  }
  return (
    <div aria-busy={found.isPlaceholderData}>
      <p role="status" className="said-only">
        {found.isPlaceholderData ? '' : t('search.found', { count: found.data.length })}
      </p>
      {found.data.length === 0 ? (
        <EmptyState icon={<Search size={32} aria-hidden />}>{t('search.none', { query })}</EmptyState>
      ) : (
        groups.map((type) => <Group key={type} type={type} items={found.data} />)
      )}
    </div>
  )
}

function Group({
  type,
  items,
}: {
  readonly type: (typeof groups)[number]
  readonly items: readonly ItemSummary[]
}): ReactNode {
  const { t } = useTranslation()
  const some = items.filter((item) => item.type === type)
  if (some.length === 0) return null
  return <CardGrid title={t(`search.groups.${type}`)} subtitle={String(some.length)} items={some} />
}
