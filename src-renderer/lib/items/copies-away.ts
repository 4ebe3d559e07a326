import type { Item, QualityOption } from '../../../src-preload/contract/index.ts'
import { useCall } from '../rpc/index.ts'

/** Whether the disk with the cache is not connected: its copies are not lost, and cannot be had. */
export const useCopiesAway = (): boolean =>
  useCall('cache.getStats', {}).data?.trouble === 'cache-disk-missing'

const withoutCopy = (option: QualityOption): QualityOption => ({
  ...option,
  bytesPresent: 0,
  complete: false,
  state: 'none',
})

/** The item as it plays meanwhile: all of it from its server. */
export const withoutCopies = (item: Item): Item => ({
  ...item,
  versions: item.versions.map((version) => ({
    ...version,
    parts: version.parts.map((part) => ({ ...part, qualities: part.qualities.map(withoutCopy) })),
  })),
})
