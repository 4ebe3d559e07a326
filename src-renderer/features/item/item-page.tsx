import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { asSourceId } from '../../../src-preload/contract/index.ts'
import { usePageTitle } from '../../lib/page-title.ts'
import { useCall } from '../../lib/rpc/index.ts'
import { ErrorState } from '../../ui/states.tsx'
import { ItemSkeleton } from './item-skeleton.tsx'
import { PlayableDetails } from './playable-details.tsx'
import { SeasonDetails } from './season-details.tsx'
import { ShowDetails } from './show-details.tsx'

/** One title: a film or an episode with what can be played of it, a show with its seasons, a season with its episodes. */
export function ItemPage(props: { readonly sourceId: string; readonly ratingKey: string }): ReactNode {
  const { t } = useTranslation()
  const params = { sourceId: asSourceId(props.sourceId), ratingKey: props.ratingKey }
  const { data: item, error, refetch } = useCall('library.getItem', params)
  usePageTitle(item?.title ?? t('item.title'), false)
  if (item === undefined) {
    return error === null ? (
      <ItemSkeleton />
    ) : (
      <ErrorState error={error} where="library.getItem" onRetry={() => void refetch()} />
    )
  }
  if (item.type === 'show') return <ShowDetails item={item} />
  if (item.type === 'season') return <SeasonDetails item={item} />
  return <PlayableDetails item={item} />
}
