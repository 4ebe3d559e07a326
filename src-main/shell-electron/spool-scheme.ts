import { protocol } from 'electron'
import { isMediaPath } from '../core/media/media-route.ts'
import type { MediaHandler } from '../core/media/media-handler.ts'
import { plain, type PageFiles } from '../shell-common/page-files.ts'

/** Where the page lives. Standard schemes know no port, so the host is the whole of it. */
const scheme = 'spool'
export const pageOrigin = `${scheme}://app`
export const pageUrl = `${pageOrigin}/`

/** Once, before the app is ready: a second registration would replace the first (electron, protocol.md). */
export function registerSpoolScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme,
      // `stream` is what lets a <video> read ranges from it.
      privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
    },
  ])
}

/** Node's URL gives no origin for schemes it does not know; Chromium's does. */
export function originOf(url: string): string | null {
  const parsed = URL.parse(url)
  return parsed === null ? null : `${parsed.protocol}//${parsed.host}`
}

export const isOwnUrl = (url: string): boolean => originOf(url) === pageOrigin

/** Answers page and media from one origin, by the same handlers as the browser shell. */
export function handleSpoolScheme(mediaHandler: MediaHandler, pageFiles: PageFiles): void {
  protocol.handle(scheme, async (request) => {
    if (!isOwnUrl(request.url)) return plain(404, 'There is no such page.\n')
    const { pathname } = new URL(request.url)
    // `/x/` is for other programs, which cannot come this way.
    if (isMediaPath(pathname) && !pathname.startsWith('/x/')) return await mediaHandler(request)
    return await pageFiles(pathname, request.method)
  })
}
