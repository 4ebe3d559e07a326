import { ArrowDownWideNarrow } from 'lucide-react'
import { type ReactNode, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'wouter'
import { type ItemSort, type SourceId, asSourceId } from '../../../src-preload/contract/index.ts'
import { formatCount } from '../../lib/format/count.ts'
import { filingLetter } from '../../lib/items/item-words.ts'
import { usePageTitle } from '../../lib/page-title.ts'
import { useCall } from '../../lib/rpc/index.ts'
import { Button } from '../../ui/button.tsx'
import { Chip } from '../../ui/chip.tsx'
import { Menu, MenuChoice, MenuOption } from '../../ui/menu.tsx'
import { EmptyState, ErrorState } from '../../ui/states.tsx'
import { findLetter } from './find-letter.ts'
import { GridSkeleton } from './grid-skeleton.tsx'
import { LetterRail } from './letter-rail.tsx'
import styles from './library-page.module.css'
import { PosterGrid, type PosterGridHandle } from './poster-grid.tsx'
import type { GridQuery } from './use-grid-items.ts'

const filters = ['all', 'unwatched', 'offline'] as const
type Filter = (typeof filters)[number]
const sorts: readonly ItemSort[] = ['title', 'addedAt', 'year']

const oneOf = <Value extends string>(values: readonly Value[], text: string | null): Value | undefined =>
  values.find((value) => value === text)

/** How many titles a filter leaves: one answer with no items in it but the first. */
function useTotal(sourceId: SourceId, sectionId: string, filter: Filter): number | undefined {
  return useCall('library.getItems', { sourceId, sectionId, offset: 0, limit: 1, filter }).data?.total
}

export function LibraryPage(props: { readonly sourceId: string; readonly sectionId: string }): ReactNode {
  const { t } = useTranslation()
  const sourceId = asSourceId(props.sourceId)
  const { sectionId } = props
  const { data: sections } = useCall('library.getSections', { sourceId })
  const section = sections?.find((each) => each.sectionId === sectionId)
  usePageTitle(section?.title ?? t('library.title'))

  const [params, setParams] = useSearchParams()
  const sort = oneOf(sorts, params.get('sort')) ?? 'title'
  const filter = oneOf(filters, params.get('filter')) ?? 'all'
  const set = (name: string, value: string, usual: string): void =>
    setParams(
      (was) => {
        const next = new URLSearchParams(was)
        if (value === usual) next.delete(name)
        else next.set(name, value)
        return next
      },
      { replace: true },
    )

  const query = useMemo<GridQuery>(
    () => ({ sourceId, sectionId, sort, filter }),
    [sourceId, sectionId, sort, filter],
  )
  const counts: Readonly<Record<Filter, number | undefined>> = {
    all: useTotal(sourceId, sectionId, 'all'),
    unwatched: useTotal(sourceId, sectionId, 'unwatched'),
    offline: useTotal(sourceId, sectionId, 'offline'),
  }
  // The first page of the grid says how large it is.
  const first = useCall('library.getItems', { ...query, offset: 0, limit: 60 })

  return (
    <>
      <div className={styles['bar']} role="toolbar" aria-label={t('library.filters')}>
        {filters.map((each) => (
          <Chip
            key={each}
            isOn={filter === each}
            count={counts[each] === undefined ? null : formatCount(counts[each])}
            onClick={() => set('filter', each, 'all')}
          >
            {t(`library.filter.${each}`)}
          </Chip>
        ))}
        <Menu
          align="end"
          trigger={
            <Button
              size="small"
              variant="quiet"
              className={styles['sort']}
              icon={<ArrowDownWideNarrow size={16} aria-hidden />}
              aria-label={t('library.sortBy', { sort: t(`library.sort.${sort}`) })}
            >
              {t(`library.sort.${sort}`)}
            </Button>
          }
        >
          <MenuChoice value={sort} onChange={(value) => set('sort', value, 'title')}>
            {sorts.map((each) => (
              <MenuOption key={each} value={each}>
                {t(`library.sort.${each}`)}
              </MenuOption>
            ))}
          </MenuChoice>
        </Menu>
      </div>
      {first.data === undefined && first.error !== null ? (
        <ErrorState error={first.error} where="library.getItems" onRetry={() => void first.refetch()} />
      ) : first.data === undefined ? (
        <GridSkeleton />
      ) : first.data.total === 0 ? (
        <EmptyState
          action={
            filter === 'all' ? undefined : (
              <Button onClick={() => set('filter', 'all', 'all')}>{t('library.showAll')}</Button>
            )
          }
        >
          {t(`library.empty.${filter}`)}
        </EmptyState>
      ) : (
        <Titles
          key={`${sort} ${filter}`}
          label={section?.title ?? t('library.title')}
          query={query}
          total={first.data.total}
        />
      )}
    </>
  )
}

function Titles({
  label,
  query,
  total,
}: {
  readonly label: string
  readonly query: GridQuery
  readonly total: number
}): ReactNode {
  const grid = useRef<PosterGridHandle>(null)
  const [topTitle, setTopTitle] = useState<string | null>(null)
  const hasLetters = query.sort === 'title' && total > 20
  return (
    <div className={styles['titles']} data-letters={hasLetters}>
      <PosterGrid
        ref={grid}
        label={label}
        query={query}
        total={total}
        onTopTitle={setTopTitle}
        {...(query.sort === 'title' ? { findLetter } : {})}
      />
      {hasLetters && (
        <LetterRail
          current={topTitle === null ? null : filingLetter(topTitle)}
          onPick={(letter) => void grid.current?.goToLetter(letter)}
        />
      )}
    </div>
  )
}
