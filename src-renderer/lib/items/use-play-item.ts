import { useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import type { ItemSummary } from '../../../src-preload/contract/index.ts'
import { showToast } from '../../ui/toast.tsx'
import { callKey, toRpcError, useRpc } from '../rpc/index.ts'
import { playPath } from './item-paths.ts'
import { planPlay } from './play-plan.ts'

/** Plays a film or an episode from its card, as its page would: first version, automatic quality, where it was left. */
export function usePlayItem(): (item: ItemSummary) => void {
  const client = useRpc()
  const queries = useQueryClient()
  const [, navigate] = useLocation()
  const { t } = useTranslation()
  return useCallback(
    ({ sourceId, ratingKey }) => {
      const play = async (): Promise<void> => {
        const params = { sourceId, ratingKey }
        const item = await queries.fetchQuery({
          queryKey: callKey('library.getItem', params),
          queryFn: ({ signal }) => client.call('library.getItem', params, signal),
          staleTime: 5000,
        })
        const [version] = item.versions
        const plan = version === undefined ? 'unplayable' : planPlay(item, version, 'automatic')
        if (typeof plan === 'string') {
          showToast({ kind: 'trouble', text: t(`noPlan.${plan}`, { title: item.title }) })
          return
        }
        navigate(
          playPath({
            ...params,
            mediaId: plan.part.mediaId,
            ...(plan.resumeMs === null ? {} : { positionMs: plan.resumeMs }),
          }),
        )
      }
      play().catch((error: unknown) => {
        const { message, code } = toRpcError(error)
        showToast({ kind: 'trouble', text: message, code })
      })
    },
    [client, queries, navigate, t],
  )
}
