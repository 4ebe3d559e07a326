import type { Clock } from '../base/clock.ts'
import { deferred } from '../base/control.ts'
import type { HlsSession, UpstreamReply } from '../cache/upstream.ts'
import { SpoolError } from '../spool-error.ts'
import { identityHeaders, type ClientIdentity } from './client-identity.ts'
import type { PlexConnection } from './plex-connection.ts'
import { transcodePath } from './plex-paths.ts'

export interface TranscodeSessionOptions {
  readonly connection: PlexConnection
  readonly clock: Clock
  readonly identity: ClientIdentity
  readonly sessionId: string
  readonly playlist: string
  /** Absolute path of the media playlist; segment addresses are relative to it. */
  readonly playlistPath: string
}

/** A segment may be waited for as long as the server's own limit of 20 s, and a little more. */
const segmentTimeoutMs = 25_000
const stopTimeoutMs = 3_000
/** A session that has only just begun may not answer to its name yet. */
const youngMs = 20_000

/** One running transcode. */
export class TranscodeSession implements HlsSession {
  readonly sessionId: string
  readonly playlist: string
  readonly #options: TranscodeSessionOptions
  readonly #ended = new AbortController()
  readonly #startedAt: number
  #lastUsedAt: number
  #requests = 0
  #stopping: Promise<void> | null = null

  constructor(options: TranscodeSessionOptions) {
    this.#options = options
    this.sessionId = options.sessionId
    this.playlist = options.playlist
    this.#startedAt = options.clock.monotonicMs()
    this.#lastUsedAt = this.#startedAt
  }

  get ended(): AbortSignal {
    return this.#ended.signal
  }

  /** Since the last request for a segment; 0 while one is waiting. */
  get idleMs(): number {
    return this.#requests > 0 ? 0 : this.#options.clock.monotonicMs() - this.#lastUsedAt
  }

  async fetchSegment(uri: string, signal: AbortSignal): Promise<UpstreamReply> {
    const { connection, playlistPath, clock } = this.#options
    if (this.#ended.signal.aborted) throw sessionOver()
    const url = URL.parse(uri, new URL(playlistPath, connection.origin).href)
    if (url?.origin !== connection.origin)
      throw new SpoolError('bad-playlist', { detail: 'a segment on another server' })
    this.#requests += 1
    try {
      return await connection.send(
        {
          path: url.pathname + url.search,
          headers: { ...this.#headers(), Accept: '*/*' },
          headersTimeoutMs: segmentTimeoutMs,
        },
        AbortSignal.any([signal, this.#ended.signal]),
      )
    } finally {
      this.#requests -= 1
      this.#lastUsedAt = clock.monotonicMs()
    }
  }

  /** Tells the server that somebody is still there. Ends the session when the server no longer has it. Never rejects. */
  async ping(): Promise<void> {
    try {
      const reply = await this.#command('ping')
      const age = this.#options.clock.monotonicMs() - this.#startedAt
      if (reply.status === 404 && age > youngMs) this.#ended.abort(sessionOver())
    } catch {
      // Off for the moment: the monitor knows, and ends what has to end.
    }
  }

  stop(): Promise<void> {
    if (this.#stopping === null) {
      const stopped = deferred<void>()
      // Before anything else: whoever hears of the end asks for it again.
      this.#stopping = stopped.promise
      void this.#stop().then(() => stopped.resolve())
    }
    return this.#stopping
  }

  async #stop(): Promise<void> {
    this.#ended.abort(sessionOver())
    await stopTranscode(this.#options.connection, this.#options.identity, this.sessionId)
  }

  async #command(action: 'ping' | 'stop'): Promise<UpstreamReply> {
    return sendCommand(this.#options.connection, this.#options.identity, this.sessionId, action)
  }

  #headers(): Record<string, string> {
    return sessionHeaders(this.#options.identity, this.sessionId)
  }
}

/** Headers of everything that belongs to one transcode. */
export const sessionHeaders = (identity: ClientIdentity, sessionId: string): Record<string, string> => ({
  ...identityHeaders(identity),
  'X-Plex-Session-Identifier': sessionId,
})

/** Resolves when the server has let go of the transcode, or cannot be told. 404 means that it already had. Never rejects. */
export async function stopTranscode(
  connection: PlexConnection,
  identity: ClientIdentity,
  sessionId: string,
): Promise<void> {
  try {
    await sendCommand(connection, identity, sessionId, 'stop')
  } catch {
    // Unreachable: a transcode that nobody asks anything of ends by itself within minutes.
  }
}

async function sendCommand(
  connection: PlexConnection,
  identity: ClientIdentity,
  sessionId: string,
  action: 'ping' | 'stop',
): Promise<UpstreamReply> {
  const reply = await connection.send(
    {
      path: transcodePath(action),
      query: [['session', sessionId]],
      headers: sessionHeaders(identity, sessionId),
    },
    AbortSignal.timeout(stopTimeoutMs),
  )
  reply.discard()
  return reply
}

const sessionOver = (): SpoolError => new SpoolError('cancelled', { detail: 'the transcode has ended' })
