import { useQueryClient } from '@tanstack/react-query'
import type { Settings, SettingsPatch } from '../../../src-preload/contract/index.ts'
import { callKey, useAct } from '../../lib/rpc/index.ts'

/** Changes settings: shown at once, put back with a message when the core refuses. */
export function useSetSettings(): (patch: SettingsPatch) => void {
  const queries = useQueryClient()
  const act = useAct('settings.set')
  return (patch) => {
    const key = callKey('settings.get', {})
    const before = queries.getQueryData<Settings>(key)
    queries.setQueryData<Settings>(
      key,
      (was) =>
        was && { ...was, ...patch, defaultQuality: { ...was.defaultQuality, ...patch.defaultQuality } },
    )
    act.mutate(patch, {
      onSuccess: (settings) => queries.setQueryData(key, settings),
      onError: () => queries.setQueryData(key, before),
    })
  }
}
