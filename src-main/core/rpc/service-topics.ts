import type { CacheStats } from '../../../src-preload/contract/index.ts'
import type { Clock } from '../base/clock.ts'
import type { FileCacheHandle } from '../cache/handle.ts'
import type { RpcServices } from './services.ts'
import type { TopicSource, TopicSources } from './topic-sources.ts'

/** How often the totals are looked at while nothing tells of a change: speeds and troubles move without one. */
const statsEveryMs = 2000

/** Connects each topic to the service it comes from. */
export function createServiceTopics(services: RpcServices, clock: Clock): TopicSources {
  const { cache, library, sources, playback, settings } = services
  return {
    'cache.entryChanged': {
      subscribe: (listener) => cache.onEntryChange(listener),
      keyOf: ({ key }) => JSON.stringify([key.sourceId, key.mediaId, key.quality]),
    },
    'cache.stats': createStatsTopic(cache, clock),
    'cache.damaged': {
      subscribe: (listener) => cache.onDamage(listener),
      keyOf: ({ key }) => JSON.stringify([key.sourceId, key.mediaId, key.quality]),
    },
    'library.sources': {
      subscribe: (listener) => sources.onChange(listener),
      keyOf: () => '',
    },
    'library.changed': {
      subscribe: (listener) => library.onChange(listener),
      keyOf: ({ sourceId, ratingKey }) => JSON.stringify([sourceId, ratingKey]),
    },
    'playback.owner': {
      subscribe: (listener) => playback.onOwnerChange(listener),
      keyOf: () => '',
    },
    'settings.changed': {
      subscribe: (listener) => settings.onChange(listener),
      keyOf: () => '',
    },
  }
}

/** Totals are asked for, at once on subscribing, after changes of entries, and every two seconds; only differences are told. */
function createStatsTopic(
  cache: Pick<FileCacheHandle, 'getStats' | 'onEntryChange'>,
  clock: Clock,
): TopicSource<'cache.stats'> {
  return {
    keyOf: () => '',
    subscribe(listener) {
      const ending = new AbortController()
      let told = ''
      let isAsking = false
      let isStale = false
      let timer: Disposable | null = null

      const ask = async (): Promise<void> => {
        isStale = true
        if (isAsking) return
        isAsking = true
        timer?.[Symbol.dispose]()
        while (isStale && !ending.signal.aborted) {
          isStale = false
          // A cache that cannot answer now is asked again later.
          const stats = await cache.getStats(ending.signal).catch(() => null)
          if (stats !== null && !ending.signal.aborted) tell(stats)
        }
        isAsking = false
        if (!ending.signal.aborted) timer = clock.after(statsEveryMs, () => void ask())
      }
      const tell = (stats: CacheStats): void => {
        const text = JSON.stringify(stats)
        if (text === told) return
        told = text
        listener(stats)
      }

      const changes = cache.onEntryChange(() => void ask())
      void ask()
      return {
        [Symbol.dispose]() {
          ending.abort()
          changes[Symbol.dispose]()
          timer?.[Symbol.dispose]()
        },
      }
    },
  }
}
