import { CSPProvider } from '@base-ui/react/csp-provider'
import { QueryClientProvider } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { Route, Switch } from 'wouter'
import { type RpcClient, RpcProvider } from '../lib/rpc/index.ts'
import { ConfirmHost } from '../ui/confirm.tsx'
import { ToastHost } from '../ui/toast.tsx'
import { TooltipProvider } from '../ui/tooltip.tsx'
import { Hotkeys } from './hotkeys.tsx'
import { useLiveQueries } from './live-queries.ts'
import { useDamageNotice } from './use-damage-notice.ts'
import { Pages } from './pages.tsx'
import { PlayerRoute, usePlayerAhead } from './player-chunk.tsx'
import { createQueryClient } from './query-client.ts'
import { RouteBoundary } from './route-boundary.tsx'
import { Shell } from './shell.tsx'

function Live({ children }: { readonly children: ReactNode }): ReactNode {
  useLiveQueries()
  useDamageNotice()
  usePlayerAhead()
  return children
}

export function App({ client }: { readonly client: RpcClient }): ReactNode {
  const [queries] = useState(createQueryClient)
  return (
    // The content security policy allows no <style> elements.
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queries}>
        <RpcProvider client={client}>
          <TooltipProvider delay={500} closeDelay={0}>
            <Live>
              <Switch>
                <Route path="/play/:sourceId/:ratingKey">
                  <RouteBoundary>
                    <PlayerRoute />
                  </RouteBoundary>
                </Route>
                <Route>
                  <Shell>
                    <Pages />
                  </Shell>
                </Route>
              </Switch>
              <Hotkeys />
              <ConfirmHost />
              <ToastHost />
            </Live>
          </TooltipProvider>
        </RpcProvider>
      </QueryClientProvider>
    </CSPProvider>
  )
}
