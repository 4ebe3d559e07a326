import { rpcPath } from '../../src-preload/contract/index.ts'
import { isMediaPath } from '../core/media/media-route.ts'
import { errorReply, type MediaHandler } from '../core/media/media-handler.ts'
import { SpoolError } from '../core/spool-error.ts'
import { plain, type PageFiles } from '../shell-common/page-files.ts'
import type { PageGate } from '../shell-common/page-gate.ts'

export interface RequestParts {
  readonly gate: PageGate
  readonly mediaHandler: MediaHandler
  readonly httpRpc: (request: Request) => Promise<Response>
  readonly pageFiles: PageFiles
}

const enterPath = '/enter.js'
/** Takes the token out of the address before anything else runs: out of sight, out of the history, out of bookmarks. */
const enterScript = "history.replaceState(null, '', '/')\n"

/** Answers everything that comes over http. `/x/` and `/rpc` carry a token of their own, the rest needs the page's cookie. */
export function createRequestHandler({ gate, mediaHandler, httpRpc, pageFiles }: RequestParts) {
  return async (request: Request): Promise<Response> => {
    if (!gate.isOwnHost(request.headers.get('host')))
      return plain(403, 'Spool answers only at 127.0.0.1. Open the address it printed.\n')
    const url = new URL(request.url)
    if (url.pathname === rpcPath) return await httpRpc(request)
    if (url.pathname.startsWith('/x/')) return await mediaHandler(request)

    const token = url.searchParams.get('token')
    const entersNow = url.pathname === '/' && token !== null && gate.admits(token)
    if (!entersNow && !gate.hasCookie(request.headers.get('cookie'))) {
      if (isMediaPath(url.pathname)) return errorReply(new SpoolError('bad-token'), request.method, 401)
      return plain(
        401,
        'Open Spool by the address it printed when it started: it carries the key to this page.\n',
      )
    }
    if (isMediaPath(url.pathname)) return await mediaHandler(request)
    if (url.pathname === enterPath) return script(enterScript)
    const page = await pageFiles(url.pathname, request.method)
    return entersNow && page.ok ? await entrance(page, request.method, gate) : page
  }
}

/** The page itself, not a redirect to it: whoever asks for the app's address gets 200, with or without a cookie jar. */
async function entrance(page: Response, method: string, gate: PageGate): Promise<Response> {
  const html = (await page.text()).replace('<head>', `<head><script src="${enterPath}"></script>`)
  const headers = new Headers(page.headers)
  headers.set('set-cookie', gate.setCookie)
  headers.set('cache-control', 'no-store')
  headers.delete('content-length')
  return new Response(method === 'HEAD' ? null : html, { headers })
}

const script = (text: string): Response =>
  plain(200, text, { 'content-type': 'text/javascript; charset=utf-8' })
