import { createHash } from 'node:crypto'
import type { Demo } from './demo-process.ts'

/** A part's file as the server itself gives it, fetched around the app. */
export interface ServerFile {
  readonly path: string
  readonly bytes: Buffer
  readonly sha256: string
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

interface PartReply {
  readonly MediaContainer: {
    readonly Metadata: readonly {
      readonly Media: readonly { readonly Part: readonly { readonly key: string }[] }[]
    }[]
  }
}

/** Fetches the first part of a title's first version straight from the demo server, with an identity of its own. */
export async function fetchServerFile(demo: Demo, ratingKey: string): Promise<ServerFile> {
  const headers = {
    'x-plex-token': demo.token,
    'x-plex-client-identifier': 'spool-tests',
    accept: 'application/json',
  }
  const metadata = (await (
    await fetch(`${demo.url}/library/metadata/${ratingKey}`, { headers })
  ).json()) as PartReply
  const path = metadata.MediaContainer.Metadata[0]?.Media[0]?.Part[0]?.key
  if (path === undefined) throw new Error(`${ratingKey} has no part on the server`)
  const reply = await fetch(`${demo.url}${path}`, { headers })
  const bytes = Buffer.from(await reply.arrayBuffer())
  return { path, bytes, sha256: sha256(bytes) }
}
