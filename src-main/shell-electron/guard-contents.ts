import { app, session, shell, type Session, type WebContents } from 'electron'
import { isAllowedPage } from '../shell-common/allowed-pages.ts'
import { isOwnUrl, originOf, pageOrigin } from './spool-scheme.ts'

/** What a media player needs of the computer; everything else is refused, local networks above all. */
const allowedPermissions: ReadonlySet<string> = new Set([
  'fullscreen',
  'speaker-selection',
  'clipboard-sanitized-write',
  'screen-wake-lock',
])

/** Keeps every page where it belongs, whichever way it came to be. Call before the app is ready. */
export function guardAllContents(): void {
  app.on('web-contents-created', (_event, contents) => guardContents(contents))
}

function guardContents(contents: WebContents): void {
  contents.on('will-navigate', (event) => {
    if (!isOwnUrl(event.url)) event.preventDefault()
  })
  contents.on('will-redirect', (event) => {
    if (!isOwnUrl(event.url)) event.preventDefault()
  })
  contents.on('will-frame-navigate', (event) => {
    if (!isOwnUrl(event.url)) event.preventDefault()
  })
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    if (isAllowedPage(url)) void shell.openExternal(url)
    return { action: 'deny' }
  })
}

/** Refuses what the page must not have of the computer, and of every session there is. */
export function guardPermissions(target: Session = session.defaultSession): void {
  const isAllowed = (permission: string, origin: string | null): boolean =>
    allowedPermissions.has(permission) && origin === pageOrigin
  target.setPermissionRequestHandler((_contents, permission, callback, details) =>
    callback(isAllowed(permission, originOf(details.requestingUrl))),
  )
  // Asked with the origin only, with a slash at its end.
  target.setPermissionCheckHandler((_contents, permission, requestingOrigin) =>
    isAllowed(permission, originOf(requestingOrigin)),
  )
  target.setDevicePermissionHandler(() => false)
  target.setDisplayMediaRequestHandler((_request, callback) => callback({}))
}
