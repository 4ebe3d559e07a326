import type { InitialServer } from '../core/accounts/source-directory.ts'

/**
 * A server to know from the start, as `npm run demo` names it. In the environment, not among the flags:
 * every user of a computer can read the flags of its processes.
 */
export function readInitialServer(env: Readonly<Record<string, string | undefined>>): InitialServer | null {
  const {
    SPOOL_SERVER_URL: url,
    SPOOL_SERVER_TOKEN: token,
    SPOOL_SERVER_ID: id,
    SPOOL_SERVER_NAME: name,
  } = env
  if (!url || !token) return null
  return { url, token, ...(id ? { machineIdentifier: id } : {}), ...(name ? { name } : {}) }
}
