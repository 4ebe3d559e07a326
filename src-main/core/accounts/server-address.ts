import { isIPv6 } from 'node:net'
import { SpoolError } from '../spool-error.ts'

/** Where a Plex server listens unless told otherwise. */
const plexPort = '32400'

/**
 * Origins to try, in order, for what a person typed: `192.168.1.5`, `http://host:32400/web`, ` plex.example.com `, `::1`.
 * Throws `bad-params` when it is no address at all.
 */
export function serverOrigins(typed: string): readonly string[] {
  const text = typed.replaceAll(/\s+/g, '')
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase() ?? null
  if (text === '' || (scheme !== null && scheme !== 'http' && scheme !== 'https')) throw noAddress(typed)
  const rest = scheme === null ? text : text.slice(scheme.length + 3)
  const authority = rest.split(/[/?#]/, 1)[0] ?? ''
  if (authority.includes('@')) throw noAddress(typed)
  const host = isIPv6(authority) ? `[${authority}]` : authority
  const hasPort = /:\d+$/.test(host.replace(/^\[[^\]]*\]/, ''))
  const spellings = hasPort
    ? [`${scheme ?? 'http'}://${host}`, ...(scheme === null ? [`https://${host}`] : [])]
    : scheme === null
      ? [`http://${host}:${plexPort}`, `https://${host}:${plexPort}`]
      : // Behind a reverse proxy, https comes without a port.
        scheme === 'https'
        ? [`https://${host}`, `https://${host}:${plexPort}`]
        : [`http://${host}:${plexPort}`, `http://${host}`]
  return spellings.map((spelling) => {
    const url = URL.parse(spelling)
    if (url === null || url.hostname === '') throw noAddress(typed)
    return url.origin
  })
}

const noAddress = (typed: string): SpoolError =>
  new SpoolError('bad-params', {
    detail: `"${typed.trim().slice(0, 80)}" is not a server's address; type something like 192.168.1.5 or http://server:32400`,
  })
