/** Hosts whose pages Spool opens outside of itself. What a server says in its metadata is not a reason to open anything. */
const allowedHosts: ReadonlySet<string> = new Set([
  'app.plex.tv',
  'www.plex.tv',
  'support.plex.tv',
  'github.com',
])

export function isAllowedPage(url: string): boolean {
  const parsed = URL.parse(url)
  return (
    parsed !== null && parsed.protocol === 'https:' && parsed.username === '' && allowedHosts.has(parsed.host)
  )
}
