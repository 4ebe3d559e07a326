import { MutationCache, QueryClient } from '@tanstack/react-query'
import { toRpcError } from '../lib/rpc/index.ts'
import { showToast } from '../ui/toast.tsx'

/**
 * Answers are kept fresh by the core's topics, not by asking again. `networkMode: always`, because the core answers without any network.
 */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        networkMode: 'always',
        staleTime: 60_000,
        gcTime: 10 * 60_000,
        refetchOnWindowFocus: false,
        retry: (failures, error) => {
          const { code, retryable } = toRpcError(error)
          // The core has already tried the server; the page says so and offers to try again.
          return retryable && code !== 'source-unreachable' && failures < 2
        },
        retryDelay: (failures) => 300 * 2 ** failures,
      },
      mutations: { networkMode: 'always', retry: false },
    },
    mutationCache: new MutationCache({
      onError: (error, _params, _context, mutation) => {
        if (mutation.meta?.['isQuiet'] === true) return
        const { message, code } = toRpcError(error)
        if (code !== 'cancelled') showToast({ kind: 'trouble', text: message, code })
      },
    }),
  })
}
