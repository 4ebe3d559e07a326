import type { ConnectionKind } from '../../../src-preload/contract/index.ts'
import type { ClientIdentity } from './client-identity.ts'
import type { PlexClient } from './plex-client.ts'

/** What fetching media needs to know of sources. `core/accounts/source-directory.ts` is one. */
export interface UpstreamSources {
  /** This installation's name for itself. */
  readonly identity: ClientIdentity
  /** Throws `unknown-source`. */
  getClient(sourceId: string): PlexClient
  /** Throws `unknown-source`. */
  getSource(sourceId: string): { readonly name: string; readonly connection: ConnectionKind }
  /** False for a source that is off or unknown. */
  isReachable(sourceId: string): boolean
  /** The server refuses the token that is used: takes the one that is kept now. */
  renewToken(sourceId: string, signal: AbortSignal): Promise<void>
  onReachabilityChange(listener: (sourceId: string, isReachable: boolean) => void): Disposable
  /** Calls back, and waits, before a source's client is closed. */
  onLeaving(listener: (sourceId: string) => Promise<void>): Disposable
}
