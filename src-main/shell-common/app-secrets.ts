import { randomBytes } from 'node:crypto'
import type { SecretStore } from '../core/ports.ts'

export interface AppSecrets {
  /** 128 bits: opens the page, and `POST /rpc` as its bearer token. */
  readonly token: string
  /** Signs the addresses for external players. */
  readonly streamSecret: Uint8Array
}

/** Made once per data folder, so that an open page, a bookmark and a player's address outlive a restart. */
export async function openAppSecrets(secrets: SecretStore): Promise<AppSecrets> {
  return {
    token: await remembered(secrets, 'app-token', 16),
    streamSecret: Buffer.from(await remembered(secrets, 'stream-secret', 32), 'base64url'),
  }
}

async function remembered(secrets: SecretStore, name: string, sizeBytes: number): Promise<string> {
  const known = await secrets.get(name)
  if (known !== null && Buffer.from(known, 'base64url').byteLength === sizeBytes) return known
  const made = randomBytes(sizeBytes).toString('base64url')
  await secrets.set(name, made)
  return made
}
