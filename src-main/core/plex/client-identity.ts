import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { SecretStore } from '../ports.ts'

/** Who this installation says it is, to every Plex server alike. */
export interface ClientIdentity {
  /** Stable per installation. Servers tie sessions to it: a second one is needed for what must not disturb the first. */
  readonly clientIdentifier: string
  readonly version: string
  readonly deviceName: string
}

const secretName = 'client-identifier'

/** The identifier of this installation, made at the first start. */
export async function ensureClientIdentifier(secrets: SecretStore): Promise<string> {
  const known = await secrets.get(secretName)
  if (known !== null && known !== '') return known
  const made = randomUUID()
  await secrets.set(secretName, made)
  return made
}

/** Header values must be plain: servers refuse control characters and anything beyond ASCII. */
export function plainHeaderValue(text: string): string {
  const plain = text.replaceAll(/[^\x20-\x7e]/g, '').trim()
  return plain === '' ? 'Spool' : plain
}

export const makeIdentity = (clientIdentifier: string, version: string): ClientIdentity => ({
  clientIdentifier,
  version,
  deviceName: plainHeaderValue(hostname()),
})

/** A second device of the same installation: background work must not end what plays under the first name. */
export const backgroundIdentity = (identity: ClientIdentity): ClientIdentity => ({
  ...identity,
  clientIdentifier: `${identity.clientIdentifier}-background`,
  deviceName: `${identity.deviceName} (background)`,
})

/**
 * `X-Plex-Platform` must be one the server has a profile for, or transcodes are refused with 400; `Generic` brings no
 * presets of its own.
 */
export const identityHeaders = (identity: ClientIdentity): Readonly<Record<string, string>> => ({
  'X-Plex-Client-Identifier': identity.clientIdentifier,
  'X-Plex-Product': 'Spool',
  'X-Plex-Version': plainHeaderValue(identity.version),
  'X-Plex-Platform': 'Generic',
  'X-Plex-Device': 'PC',
  'X-Plex-Device-Name': identity.deviceName,
})
