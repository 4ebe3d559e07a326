import { asSourceId, type ConnectionKind, type Source } from '../../../src-preload/contract/index.ts'
import { connectionOf } from '../plex/address-kind.ts'
import type { PlexClient } from '../plex/plex-client.ts'
import type { ServerRow } from './server-table.ts'

/** A server as pages and scripts see it, with how it is reached now. */
export function describeSource({
  row,
  client,
}: {
  readonly row: ServerRow
  readonly client: PlexClient
}): Source {
  const connection: ConnectionKind = client.monitor.isReachable
    ? (row.connection ?? connectionOf(new URL(client.origin)))
    : 'offline'
  return {
    sourceId: asSourceId(row.sourceId),
    name: row.name,
    connection,
    ...(row.connection === null ? {} : { chosenConnection: row.connection }),
  }
}
