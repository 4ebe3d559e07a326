import { isIPv4, isIPv6 } from 'node:net'

/** Private, link-local, shared (carrier NAT and mesh networks such as Tailscale) and loopback ranges. */
const privateV4 =
  /^(?:10\.|127\.|169\.254\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/
/** `A-B-C-D.<hash>.plex.direct` resolves to A.B.C.D. */
const plexDirect = /^(\d{1,3})-(\d{1,3})-(\d{1,3})-(\d{1,3})\.[0-9a-f]+\.plex\.direct$/

/** How far away a server's address is. Names without a dot and `.local` belong to the own network. */
export function addressKind(hostname: string): 'lan' | 'wan' {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase()
  const dashed = plexDirect.exec(host)
  const ip = dashed ? dashed.slice(1).join('.') : host
  if (isIPv4(ip)) return privateV4.test(ip) ? 'lan' : 'wan'
  if (isIPv6(ip)) return ip === '::1' || /^(?:f[cd]|fe[89ab])/.test(ip) ? 'lan' : 'wan'
  return !host.includes('.') || /\.(?:local|lan|home\.arpa|localhost)$/.test(host) ? 'lan' : 'wan'
}

/** Plex Relay answers under `plex.direct` names as servers do, but always at this port (plex-api.md 2.4). */
const relayPort = '8443'

/** How a server at this address is reached, as far as the address tells. */
export function connectionOf(address: URL): 'lan' | 'wan' | 'relay' {
  const kind = addressKind(address.hostname)
  const isRelay = kind === 'wan' && address.port === relayPort && plexDirect.test(address.hostname)
  return isRelay ? 'relay' : kind
}
