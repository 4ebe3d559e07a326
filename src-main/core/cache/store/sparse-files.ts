import type { CacheIndex } from '../index/cache-index.ts'
import type { FolderStore } from './folder-store.ts'

const key = 'sparse_files'

/** Whether files on the cache's volume keep holes: found out once for every folder, and remembered. Never rejects: in doubt they do not. */
export async function hasSparseFiles(
  store: FolderStore,
  index: Pick<CacheIndex, 'getMeta' | 'setMeta'>,
): Promise<boolean> {
  // The folder's own name, not its path: another disk may be at the same place.
  const folder = index.getMeta('folder_identity')
  const known = index.getMeta(key)
  if (known === `${folder} yes`) return true
  if (known === `${folder} no`) return false
  try {
    const isSparse = await store.fs.hasSparseFiles(store.root)
    index.setMeta(key, `${folder} ${isSparse ? 'yes' : 'no'}`)
    return isSparse
  } catch {
    // A full disk, say: asked again at the next start.
    return false
  }
}
