import {
  type UseMutationResult,
  type UseQueryResult,
  keepPreviousData,
  useMutation,
  useQuery,
} from '@tanstack/react-query'
import {
  type ReactNode,
  createContext,
  use,
  useEffectEvent,
  useLayoutEffect,
  useSyncExternalStore,
} from 'react'
import type { MethodName, ParamsOf, TopicName, Topics, ValueOf } from '../../../src-preload/contract/index.ts'
import type { RpcClient } from './rpc-client.ts'
import type { RpcError } from './rpc-error.ts'
import type { WireStatus } from './wire.ts'

const RpcContext = createContext<RpcClient | null>(null)

export function RpcProvider({ client, children }: { client: RpcClient; children: ReactNode }): ReactNode {
  return <RpcContext value={client}>{children}</RpcContext>
}

/** The client itself, for calls outside of rendering. */
export function useRpc(): RpcClient {
  const client = use(RpcContext)
  if (client === null) throw new Error('useRpc needs an RpcProvider above')
  return client
}

/** The query key of a call: for reading, patching and invalidating. */
export const callKey = <M extends MethodName>(method: M, params: ParamsOf<M>): readonly [M, ParamsOf<M>] =>
  [method, params] as const

interface CallOptions {
  readonly enabled?: boolean
  /** Answers younger than this are not asked for again; default: see the query client. */
  readonly staleMs?: number
  /** Shows the answer to the former params until the new one is there. */
  readonly keepsPrevious?: boolean
  readonly refetchMs?: number
}

/** A call as a query: one answer per method and params, shared by all views, aborted when nobody looks any more. */
export function useCall<M extends MethodName>(
  method: M,
  params: ParamsOf<M>,
  options: CallOptions = {},
): UseQueryResult<ValueOf<M>, RpcError> {
  const client = useRpc()
  return useQuery<ValueOf<M>, RpcError>({
    queryKey: callKey(method, params),
    queryFn: ({ signal }) => client.call(method, params, signal),
    ...(options.enabled === undefined ? {} : { enabled: options.enabled }),
    ...(options.staleMs === undefined ? {} : { staleTime: options.staleMs }),
    ...(options.refetchMs === undefined ? {} : { refetchInterval: options.refetchMs }),
    ...(options.keepsPrevious === true ? { placeholderData: keepPreviousData } : {}),
  })
}

/** A call as something a person does: `act.mutate(params)`. Failures are shown as a toast unless the view handles them. */
export function useAct<M extends MethodName>(
  method: M,
  options: { readonly onDone?: (value: ValueOf<M>) => void; readonly isQuiet?: boolean } = {},
): UseMutationResult<ValueOf<M>, RpcError, ParamsOf<M>> {
  const client = useRpc()
  return useMutation<ValueOf<M>, RpcError, ParamsOf<M>>({
    mutationKey: [method],
    mutationFn: (params) => client.call(method, params),
    meta: { isQuiet: options.isQuiet === true },
    ...(options.onDone === undefined ? {} : { onSuccess: options.onDone }),
  })
}

/**
 * Calls `listener` for every event of the topic while mounted. Subscribed to before anything that mounts with it asks the core:
 * what changes after an answer is told.
 */
export function useTopicListener<T extends TopicName>(topic: T, listener: (value: Topics[T]) => void): void {
  const client = useRpc()
  const onEvent = useEffectEvent(listener)
  // Queries ask in effects, and a child's run before its parent's; layout effects come before all of them.
  useLayoutEffect(() => client.subscribe(topic, (value) => onEvent(value)), [client, topic])
}

export function useWireStatus(): WireStatus {
  const client = useRpc()
  return useSyncExternalStore(
    (onChange) => client.onStatus(onChange),
    () => client.status,
  )
}
