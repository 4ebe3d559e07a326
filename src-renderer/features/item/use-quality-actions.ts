import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { CacheKey, Item, MediaVersion, QualityOption } from '../../../src-preload/contract/index.ts'
import { formatBytes } from '../../lib/format/bytes.ts'
import { useAct } from '../../lib/rpc/index.ts'
import { askToConfirm } from '../../ui/confirm.tsx'
import { showToast } from '../../ui/toast.tsx'

export interface QualityActions {
  /** Pins it and fetches what is missing. */
  keep(option: QualityOption): void
  /** Stops fetching; what is here stays. */
  stop(option: QualityOption): void
  setPinned(option: QualityOption, pinned: boolean): void
  /** Asks first when it was pinned. */
  remove(option: QualityOption): Promise<void>
}

/** What can be done with one quality of a version: with all of its parts at once. */
export function useQualityActions(item: Item, version: MediaVersion): QualityActions {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const preCache = useAct('cache.preCache')
  const stopPreCache = useAct('cache.stopPreCache')
  const setPinned = useAct('cache.setPinned')
  const removeFromCache = useAct('cache.removeFromCache')

  const refresh = (): void => {
    for (const method of ['library.getItem', 'cache.getEntries', 'library.getKept', 'library.getHome']) {
      void queries.invalidateQueries({ queryKey: [method] })
    }
  }
  const keysOf = (option: QualityOption): readonly CacheKey[] =>
    version.parts.map(({ mediaId }) => ({ sourceId: item.sourceId, mediaId, quality: option.quality }))
  /** Failures are toasts already. */
  const forEachPart = (option: QualityOption, run: (key: CacheKey) => Promise<unknown>): void => {
    void Promise.allSettled(keysOf(option).map(run)).then(refresh)
  }

  return {
    keep: (option) => forEachPart(option, (key) => preCache.mutateAsync({ ...key, pin: true })),
    stop: (option) => forEachPart(option, (key) => stopPreCache.mutateAsync(key)),
    setPinned: (option, pinned) => forEachPart(option, (key) => setPinned.mutateAsync({ ...key, pinned })),
    async remove(option) {
      if (option.isPinned) {
        const isSure = await askToConfirm({
          title: t('remove.title', { label: option.label }),
          body: t('remove.body', { title: item.title, size: formatBytes(option.bytesPresent) }),
          confirm: t('remove.confirm'),
          isDanger: true,
        })
        if (!isSure) return
      }
      const results = await Promise.allSettled(
        keysOf(option).map((key) => removeFromCache.mutateAsync({ ...key, force: option.isPinned })),
      )
      const freed = results.reduce(
        (sum, result) => sum + (result.status === 'fulfilled' ? result.value.freedBytes : 0),
        0,
      )
      if (results.some((result) => result.status === 'fulfilled')) {
        showToast({ text: t('remove.done', { label: option.label, size: formatBytes(freed) }) })
      }
      refresh()
    },
  }
}
