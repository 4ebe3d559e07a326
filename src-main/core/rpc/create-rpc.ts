import type { Clock } from '../base/clock.ts'
import type { Logger } from '../ports.ts'
import { createAppMethods } from './methods/app-methods.ts'
import { createCacheMethods } from './methods/cache-methods.ts'
import { createLibraryMethods } from './methods/library-methods.ts'
import { createRouter, type Router } from './router.ts'
import { createServiceTopics } from './service-topics.ts'
import type { RpcServices } from './services.ts'

/** The router over the real services: what a core is composed with. */
export function createRpc(services: RpcServices, ports: { clock: Clock; logger: Logger }): Router {
  return createRouter({
    methods: {
      ...createCacheMethods(services),
      ...createLibraryMethods(services),
      ...createAppMethods(services),
    },
    topics: createServiceTopics(services, ports.clock),
    clock: ports.clock,
    logger: ports.logger,
    onWireClosed: (callerId) => {
      services.playback.wireClosed(callerId)
      services.capabilities.wireClosed(callerId)
      services.automatic.wireClosed(callerId)
    },
  })
}
