import { type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { HomeRow, Source } from '../../../src-preload/contract/index.ts'
import { usePageTitle } from '../../lib/page-title.ts'
import { useCall } from '../../lib/rpc/index.ts'
import { ItemCard, focusIdOf } from '../../ui/item-card.tsx'
import { Row } from '../../ui/row.tsx'
import { EmptyState, ErrorState } from '../../ui/states.tsx'
import { ConnectServer } from '../../ui/connect-server.tsx'
import { HomeSkeleton } from './home-skeleton.tsx'

export function HomePage(): ReactNode {
  const { t } = useTranslation()
  usePageTitle(t('nav.home'))
  const sources = useCall('library.getSources', {})
  const home = useCall('library.getHome', {})

  const failed = home.error ?? sources.error
  if (sources.data?.length === 0) return <ConnectServer />
  if (home.data !== undefined) return <Rows rows={home.data} sources={sources.data ?? []} />
  if (failed !== null) {
    return (
      <ErrorState
        error={failed}
        where="library.getHome"
        onRetry={() => {
          void home.refetch()
          void sources.refetch()
        }}
      />
    )
  }
  return <HomeSkeleton />
}

function Rows({
  rows,
  sources,
}: {
  readonly rows: readonly HomeRow[]
  readonly sources: readonly Source[]
}): ReactNode {
  const filled = rows.filter((row) => row.items.length > 0)
  if (filled.length === 0) return <NoRows sources={sources} />
  return filled.map((row, rowIndex) => (
    <Row
      key={row.rowId}
      title={row.title}
      subtitle={row.subtitle}
      shape={row.style}
      items={row.items}
      keyOf={focusIdOf}
      renderCard={(item, tabIndex, index) => (
        <ItemCard
          item={item}
          shape={row.style}
          isContinuing={row.rowId === 'continue'}
          isFirst={rowIndex < 2 && index < 8}
          tabIndex={tabIndex}
        />
      )}
    />
  ))
}

/** No server is called empty that has not been asked. */
function NoRows({ sources }: { readonly sources: readonly Source[] }): ReactNode {
  const { t } = useTranslation()
  const away = sources.filter(({ connection }) => connection === 'offline').map(({ name }) => name)
  if (away.length === 0) return <EmptyState>{t('home.empty')}</EmptyState>
  const names = new Intl.ListFormat('en').format(away)
  return <EmptyState>{t('home.away', { names, count: away.length })}</EmptyState>
}
