import type { Clock } from './base/clock.ts'
import { sleep } from './base/clock.ts'
import type { SourceDirectory } from './accounts/source-directory.ts'
import type { LibraryService } from './library/library-service.ts'

/** A server that takes longer than this to list anything does not keep the app from being there. */
const patienceMs = 15_000

/** Resolves when every source that answers has given its first titles, and every other is known to be off. Never rejects. */
export async function whenLibraryKnown(
  sources: Pick<SourceDirectory, 'getSources' | 'whenKnown'>,
  library: Pick<LibraryService, 'getSections' | 'getItems'>,
  clock: Clock,
): Promise<void> {
  const ask = async (): Promise<void> => {
    await sources.whenKnown()
    const reachable = sources.getSources().filter((source) => source.connection !== 'offline')
    await Promise.all(
      reachable.map(async ({ sourceId }) => {
        for (const { sectionId } of await library.getSections(sourceId)) {
          const { total } = await library.getItems({ sourceId, sectionId, offset: 0, limit: 1 })
          if (total > 0) return
        }
      }),
    )
  }
  // What cannot be listed now is shown as such by the page.
  await Promise.race([ask().catch(() => undefined), sleep(clock, patienceMs)])
}
