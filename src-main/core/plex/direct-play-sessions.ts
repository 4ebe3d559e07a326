import { randomUUID } from 'node:crypto'
import type { ClientIdentity } from './client-identity.ts'
import type { PlexClient } from './plex-client.ts'
import { transcodePath } from './plex-paths.ts'
import { readBody } from './reply-status.ts'
import { directPlayQuery } from './transcode-parameters.ts'
import { sessionHeaders } from './transcode-session.ts'

/** Which file is about to be read. */
export interface DirectPlayFile {
  readonly ratingKey: string
  readonly mediaIndex: number
  readonly partIndex: number
  readonly partKey: string
  readonly location: 'lan' | 'wan'
}

export interface DirectPlaySession {
  readonly identifier: string
  readonly identity: ClientIdentity
}

const decisionTimeoutMs = 5_000
const maxBytes = 4 * 1024 * 1024
const maxSessions = 64

interface Known {
  readonly session: DirectPlaySession
  readonly decided: Promise<void>
}

/**
 * Sessions that files are read in. Newer servers answer 503 to reads that no decision came before, so one is asked for
 * first, once per session; older ones do not care, so a failed decision stops nothing.
 */
export class DirectPlaySessions {
  readonly #sessions = new Map<string, Known>()

  /** `playbackId` names the playback that reads the file, null when nobody watches it. */
  async sessionFor(
    client: PlexClient,
    file: DirectPlayFile,
    identity: ClientIdentity,
    playbackId: string | null,
    signal: AbortSignal,
  ): Promise<DirectPlaySession> {
    const name = [client.sourceId, file.partKey, identity.clientIdentifier, playbackId ?? ''].join('\n')
    let known = this.#sessions.get(name)
    if (!known) {
      const session = { identifier: playbackId ?? randomUUID(), identity }
      known = { session, decided: decide(client, file, session).catch(() => this.forget(session)) }
      this.#sessions.set(name, known)
      this.#forgetOldest()
    }
    await known.decided
    signal.throwIfAborted()
    return known.session
  }

  /** The server refused a read in this session, as it does after a restart: the next read asks for a decision again. */
  forget(session: DirectPlaySession): void {
    for (const [name, known] of this.#sessions) if (known.session === session) this.#sessions.delete(name)
  }

  #forgetOldest(): void {
    const oldest = this.#sessions.keys().next()
    if (this.#sessions.size > maxSessions && oldest.done !== true) this.#sessions.delete(oldest.value)
  }
}

/** Rejects when the server could not be asked; the read itself will say what is wrong. */
async function decide(client: PlexClient, file: DirectPlayFile, session: DirectPlaySession): Promise<void> {
  const reply = await client.send(
    {
      path: transcodePath('decision'),
      query: directPlayQuery({ ...file, sessionId: session.identifier }),
      headers: sessionHeaders(session.identity, session.identifier),
    },
    AbortSignal.timeout(decisionTimeoutMs),
  )
  await readBody(reply, maxBytes)
}
