import { z } from 'zod'
import { SpoolError } from '../../spool-error.ts'

const envelope = z.object({ MediaContainer: z.record(z.string(), z.unknown()) })

/** The one object every reply of a Plex server holds. */
export type PlexContainer = Readonly<Record<string, unknown>>

/** Takes the envelope off. Throws `bad-reply` when it is not there. */
export function openContainer(json: unknown): PlexContainer {
  const parsed = envelope.safeParse(json)
  if (!parsed.success) throw new SpoolError('bad-reply', { detail: 'not a Plex reply' })
  return parsed.data.MediaContainer
}

/** Reads a body as JSON. Plex's error pages are HTML also when JSON was asked for, some of them with status 200. */
export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body) as unknown
  } catch (cause) {
    throw new SpoolError('bad-reply', { detail: 'not JSON', cause })
  }
}
