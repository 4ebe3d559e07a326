import type { Core } from '../core/create-core.ts'
import type { Logger } from '../core/ports.ts'
import { rpcPath } from '../../src-preload/contract/index.ts'
import { listenOnLoopback, type LoopbackServer } from '../shell-common/loopback-server.ts'
import { plain } from '../shell-common/page-files.ts'
import { createPageGate } from '../shell-common/page-gate.ts'

/** Other programs' way in, on 127.0.0.1, while the user allows it. */
export interface ExternalAccess {
  /** Such as `http://127.0.0.1:4870`; null while nothing listens. */
  readonly base: string | null
  /** Opens or closes it; in order, one change at a time. */
  setAllowed(isAllowed: boolean): Promise<void>
}

export interface ExternalAccessOptions {
  /** 0: any free one. */
  readonly port: number
  readonly token: string
  readonly logger: Logger
  readonly getCore: () => Pick<Core, 'mediaHandler' | 'httpRpc'>
}

export function createExternalAccess({
  port,
  token,
  logger,
  getCore,
}: ExternalAccessOptions): ExternalAccess {
  let server: LoopbackServer | null = null
  let last: Promise<void> = Promise.resolve()

  const open = async (): Promise<void> => {
    if (server !== null) return
    const opened = await listenOnLoopback(port)
    const gate = createPageGate(opened.port, token)
    opened.serve({
      gate,
      // The page is Electron's own: over http there are calls and media of the addresses handed out, and nothing else.
      connect: null,
      async handleRequest(request) {
        if (!gate.isOwnHost(request.headers.get('host')))
          return plain(403, 'Spool answers only at 127.0.0.1.\n')
        const { pathname } = new URL(request.url)
        if (pathname === rpcPath) return await getCore().httpRpc(request)
        if (pathname.startsWith('/x/')) return await getCore().mediaHandler(request)
        return plain(404, 'There is nothing here.\n')
      },
    })
    server = opened
  }
  const close = async (): Promise<void> => {
    const closing = server
    server = null
    await closing?.close()
  }
  return {
    get base() {
      return server === null ? null : `http://127.0.0.1:${server.port}`
    },
    setAllowed(isAllowed) {
      last = last
        .then(() => (isAllowed ? open() : close()))
        .catch((error: unknown) => logger.error('external.listen', { cause: String(error) }))
      return last
    },
  }
}
