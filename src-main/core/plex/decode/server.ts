import { z } from 'zod'
import { SpoolError } from '../../spool-error.ts'
import type { PlexIdentity, PlexSection } from '../model.ts'
import { openContainer } from './container.ts'
import { filledText, id, list, text } from './tolerant.ts'

const identity = z.object({ machineIdentifier: id, version: text, friendlyName: filledText })

/** What `/` and `/identity` say of a server; only `/` has the name. */
export interface PlexServerInfo extends PlexIdentity {
  readonly friendlyName: string | null
}

/** Throws `bad-reply` when this is not a Plex server's answer. */
export function decodeServerInfo(json: unknown): PlexServerInfo {
  const parsed = identity.safeParse(openContainer(json))
  if (!parsed.success) throw new SpoolError('bad-reply', { detail: 'not a Plex server' })
  return { ...parsed.data, version: parsed.data.version ?? '' }
}

const section = z.object({ key: id, type: text, title: text })

/** All sections, of whatever type, each once. */
export function decodeSections(json: unknown): readonly PlexSection[] {
  const { Directory } = z.object({ Directory: list(section) }).parse(openContainer(json))
  const rows = new Map<string, PlexSection>()
  for (const { key, type, title } of Directory)
    if (!rows.has(key)) rows.set(key, { key, type: type ?? '', title: title ?? key })
  return [...rows.values()]
}
