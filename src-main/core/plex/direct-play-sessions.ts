import { randomUUID } from 'node:crypto'
import { SpoolError } from '../spool-error.ts'
import { checkDirectPlay } from './check-decision.ts'
import type { ClientIdentity } from './client-identity.ts'
import { parseJson } from './decode/container.ts'
import { decodeDecision } from './decode/decision.ts'
import type { PlexClient } from './plex-client.ts'
import { transcodePath } from './plex-paths.ts'
import { refusalOfStatus } from './refusal.ts'
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
  /** What this player can hold of it; asked only for a decision. */
  readonly bufferKb: (signal: AbortSignal) => Promise<number>
}

export interface DirectPlaySession {
  readonly identifier: string
  readonly identity: ClientIdentity
}

const decisionTimeoutMs = 5_000
const maxBytes = 4 * 1024 * 1024
const maxSessions = 64
/** From afar, 500 is how servers refuse what exceeds a limit when nobody asked before; once may be an accident. */
const errorsUntilRefused = 2

interface Known {
  readonly session: DirectPlaySession
  readonly decided: Promise<void>
}

/** What will not be another in a moment. */
const finalCodes: ReadonlySet<SpoolError['code']> = new Set([
  'over-limit',
  'not-allowed',
  'ended-by-server',
  'unplayable',
])

/**
 * Sessions that files are read in. Newer servers answer 503 to reads that no decision came before, so one is asked for first, once per
 * session. At home its word stops nothing: older servers do not know the question, and the read says by itself what is wrong. From afar it
 * counts, because a read that exceeds a limit is answered by errors without a reason.
 */
export class DirectPlaySessions {
  readonly #sessions = new Map<string, Known>()
  /** 500s in a row, by part key. */
  readonly #errors = new Map<string, number>()

  /** `playbackId` names the playback that reads the file, null when nobody watches it. Throws what `checkDirectPlay` throws. */
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
      const decided = decide(client, file, session).catch((error: unknown) => {
        this.forget(session)
        if (file.location === 'wan' && error instanceof SpoolError && finalCodes.has(error.code)) throw error
      })
      // Whoever awaits it is told; a caller that was aborted meanwhile is not there any more.
      decided.catch(() => undefined)
      known = { session, decided }
      this.#sessions.set(name, known)
      this.#forgetOldest()
    }
    await known.decided
    signal.throwIfAborted()
    return known.session
  }

  /** What the status of a read means, when it is more than "later": throw it instead of reading. Null for everything else. */
  refusalOf(session: DirectPlaySession, file: DirectPlayFile, status: number): SpoolError | null {
    const isRemote = file.location === 'wan'
    // Also after a restart, which no session outlives: the next read asks for a decision again.
    if (status >= 500 || status === 403) this.forget(session)
    if (status !== 500) this.#errors.delete(file.partKey)
    if (status === 403 || status === 509) return refusalOfStatus(status, undefined, isRemote)
    if (status !== 500 || !isRemote) return null
    const errors = (this.#errors.get(file.partKey) ?? 0) + 1
    this.#errors.set(file.partKey, errors)
    return errors < errorsUntilRefused ? null : refusalOfStatus(status, undefined, isRemote)
  }

  /** The next read in it asks for a decision again. */
  forget(session: DirectPlaySession): void {
    for (const [name, known] of this.#sessions) if (known.session === session) this.#sessions.delete(name)
  }

  #forgetOldest(): void {
    const oldest = this.#sessions.keys().next()
    if (this.#sessions.size > maxSessions && oldest.done !== true) this.#sessions.delete(oldest.value)
  }
}

/** Rejects when the server could not be asked, or refuses. */
async function decide(client: PlexClient, file: DirectPlayFile, session: DirectPlaySession): Promise<void> {
  const signal = AbortSignal.timeout(decisionTimeoutMs)
  const order = { ...file, bufferKb: await file.bufferKb(signal), sessionId: session.identifier }
  const reply = await client.send(
    {
      path: transcodePath('decision'),
      query: directPlayQuery(order),
      headers: sessionHeaders(session.identity, session.identifier),
    },
    signal,
  )
  if (reply.status !== 200) {
    reply.discard()
    throw refusalOfStatus(reply.status, reply.headers['retry-after'], file.location === 'wan')
  }
  const text = Buffer.from(await readBody(reply, maxBytes)).toString('utf8')
  checkDirectPlay(decodeDecision(parseJson(text)))
}
