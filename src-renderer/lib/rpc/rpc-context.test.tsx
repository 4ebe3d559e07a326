import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, type ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import { afterEach, expect, test, vi } from 'vitest'
import { createRpcClient } from './rpc-client.ts'
import { RpcProvider, useCall, useTopicListener } from './rpc-context.tsx'
import type { Wire } from './wire.ts'

afterEach(() => vi.unstubAllGlobals())

/** A wire that is open and keeps what is posted. */
function openWire(): Wire & { readonly posted: { t: string; m?: string; topic?: string }[] } {
  const posted: { t: string; m?: string; topic?: string }[] = []
  return {
    posted,
    status: 'open',
    post: (frame) => posted.push(JSON.parse(frame)),
    onFrame: () => () => {},
    onStatus: () => () => {},
    close() {},
  }
}

function Asks(): ReactNode {
  useCall('library.getSources', {})
  return null
}

function Listens({ children }: { readonly children: ReactNode }): ReactNode {
  useTopicListener('library.sources', () => {})
  return children
}

test('a page listens before it asks: a change between the answer and the subscription would never be told', async () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  const wire = openWire()
  const root = createRoot(document.createElement('div'))
  await act(async () =>
    root.render(
      <QueryClientProvider client={new QueryClient()}>
        <RpcProvider client={createRpcClient(wire)}>
          <Listens>
            <Asks />
          </Listens>
        </RpcProvider>
      </QueryClientProvider>,
    ),
  )
  expect(wire.posted.map(({ t, m, topic }) => [t, m ?? topic])).toEqual([
    ['sub', 'library.sources'],
    ['call', 'library.getSources'],
  ])
  await act(async () => root.unmount())
})
