import type { Database } from 'better-sqlite3'
import type { Source } from '../../../src-preload/contract/index.ts'
import { sleep, type Clock } from '../base/clock.ts'
import { Emitter } from '../base/emitter.ts'
import type { LibrarySources } from '../library/library-port.ts'
import { makeIdentity, type ClientIdentity } from '../plex/client-identity.ts'
import { PlexClient } from '../plex/plex-client.ts'
import type { Logger, SecretStore } from '../ports.ts'
import { SpoolError } from '../spool-error.ts'
import { describeSource } from './describe-source.ts'
import { inspectServer } from './inspect-server.ts'
import { serverOrigins } from './server-address.ts'
import { createServerTable, type ServerRow, type ServerTable } from './server-table.ts'

/** A server given at start, such as the demo's. With its identifier it is known even while it is switched off. */
export interface InitialServer {
  readonly url: string
  readonly token: string
  readonly machineIdentifier?: string
  readonly name?: string
}

export interface SourceDirectoryOptions {
  /** library.db, migrated. */
  readonly db: Database
  readonly secrets: SecretStore
  readonly clock: Clock
  readonly logger: Logger
  /** From `ensureClientIdentifier`. */
  readonly clientIdentifier: string
  /** Spool's own. */
  readonly version: string
  readonly initialServer?: InitialServer
}

interface KnownSource {
  readonly row: ServerRow
  readonly client: PlexClient
  readonly subscription: Disposable
  /** False until the server has said its name since start. */
  isNamed: boolean
}

/** How long a server that is being left is waited for. */
const goodbyeMs = 2_000

const tokenName = (sourceId: string): string => `server-token:${sourceId}`

/** Opens the list of known servers and begins to watch whether they answer. */
export async function createSourceDirectory(options: SourceDirectoryOptions): Promise<SourceDirectory> {
  const directory = new SourceDirectory(options)
  await directory.load()
  return directory
}

/** The servers this installation knows, each with its client. */
export class SourceDirectory implements LibrarySources {
  readonly identity: ClientIdentity
  readonly #options: SourceDirectoryOptions
  readonly #table: ServerTable
  readonly #sources = new Map<string, KnownSource>()
  readonly #changed = new Emitter<readonly Source[]>()
  readonly #reachability = new Emitter<{ readonly sourceId: string; readonly isReachable: boolean }>()
  readonly #leaving = new Set<(sourceId: string) => Promise<void>>()
  #isClosed = false
  /** Ends when the last change of the list has. */
  #changing: Promise<unknown> = Promise.resolve()

  constructor(options: SourceDirectoryOptions) {
    this.#options = options
    this.#table = createServerTable(options.db)
    this.identity = makeIdentity(options.clientIdentifier, options.version)
  }

  async load(): Promise<void> {
    for (const row of this.#table.all()) {
      const token = (await this.#options.secrets.get(tokenName(row.sourceId))) ?? ''
      this.#open(row, token)
    }
    if (this.#options.initialServer) await this.#addInitial(this.#options.initialServer)
  }

  getSources(): readonly Source[] {
    return [...this.#sources.values()]
      .toSorted((a, b) => a.row.addedAt - b.row.addedAt || (a.row.sourceId < b.row.sourceId ? -1 : 1))
      .map(describeSource)
  }

  /** Throws `unknown-source`. */
  getClient(sourceId: string): PlexClient {
    return this.#known(sourceId).client
  }

  /** Throws `unknown-source`. */
  getSource(sourceId: string): Source {
    return describeSource(this.#known(sourceId))
  }

  #known(sourceId: string): KnownSource {
    const known = this.#sources.get(sourceId)
    if (!known) throw new SpoolError('unknown-source')
    return known
  }

  isReachable(sourceId: string): boolean {
    return this.#sources.get(sourceId)?.client.monitor.isReachable ?? false
  }

  /** Resolves when every source has answered its first probe or failed to. */
  async whenKnown(signal?: AbortSignal): Promise<void> {
    const clients = [...this.#sources.values()].map(({ client }) => client)
    // Off is an answer too.
    await Promise.all(clients.map((client) => client.monitor.admit(signal).catch(() => undefined)))
    signal?.throwIfAborted()
  }

  /**
   * Looks who answers at `address`, checks the token, and remembers both; a server that is known already is updated.
   * Throws `bad-params`, `source-unreachable`, `source-refused`, `bad-reply`.
   */
  async addServer(address: string, token: string, signal?: AbortSignal): Promise<Source> {
    const origins = serverOrigins(address)
    const trimmed = token.trim()
    if (trimmed === '' || /[^\x21-\x7e]/.test(trimmed))
      throw new SpoolError('bad-params', { detail: 'an access token is letters and digits, without spaces' })
    const found = await inspectServer(origins, trimmed, this.identity, this.#options.clock, signal)
    const known = await this.#inTurn(() => this.#remember(found.sourceId, found.name, found.origin, trimmed))
    known.isNamed = true
    await this.whenKnown(signal)
    this.#options.logger.info('sources.added', { sourceId: found.sourceId, name: found.name })
    return describeSource(known)
  }

  /** Forgets a server and its token. What is kept of it on this computer stays. */
  removeServer(sourceId: string): Promise<{ removed: boolean }> {
    return this.#inTurn(() => this.#forget(sourceId))
  }

  async #forget(sourceId: string): Promise<{ removed: boolean }> {
    const removed = this.#table.remove(sourceId)
    await this.#options.secrets.delete(tokenName(sourceId))
    await this.#close(sourceId)
    if (removed) {
      this.#options.logger.info('sources.removed', { sourceId })
      this.#announce()
    }
    return { removed }
  }

  /** Says how a server is reached, where its address tells another; null takes that back. Throws `unknown-source`. */
  setConnection(sourceId: string, connection: 'lan' | 'wan' | 'relay' | null): Source {
    const known = this.#known(sourceId)
    this.#table.setConnection(sourceId, connection)
    this.#sources.set(sourceId, { ...known, row: { ...known.row, connection } })
    this.#announce()
    return this.getSource(sourceId)
  }

  /** The computer has slept. */
  wake(): void {
    for (const { client } of this.#sources.values()) client.wake()
  }

  async renewToken(sourceId: string, signal: AbortSignal): Promise<void> {
    const token = await this.#options.secrets.get(tokenName(sourceId))
    signal.throwIfAborted()
    if (token !== null) this.getClient(sourceId).setToken(token)
  }

  /** Somebody wants to know now: does not wait for the next probe to be due. Throws `unknown-source`. */
  async retry(sourceId: string, signal?: AbortSignal): Promise<Source> {
    await this.getClient(sourceId).monitor.probeNow(signal)
    return this.getSource(sourceId)
  }

  /** Calls back whenever a source is added, removed, renamed or its connection changes. */
  onChange(listener: (sources: readonly Source[]) => void): Disposable {
    return this.#changed.on(listener)
  }

  onReachabilityChange(listener: (sourceId: string, isReachable: boolean) => void): Disposable {
    return this.#reachability.on(({ sourceId, isReachable }) => listener(sourceId, isReachable))
  }

  /**
   * Calls back before a source's client is closed, because the source was removed or has another address or token now,
   * and waits a moment for what still has to be told to the server.
   */
  onLeaving(listener: (sourceId: string) => Promise<void>): Disposable {
    const entry = (sourceId: string): Promise<void> => listener(sourceId)
    this.#leaving.add(entry)
    return { [Symbol.dispose]: () => void this.#leaving.delete(entry) }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#changing
    await Promise.all([...this.#sources.keys()].map((sourceId) => this.#close(sourceId)))
  }

  async #addInitial(server: InitialServer): Promise<void> {
    const { logger, clock } = this.#options
    try {
      const origins = serverOrigins(server.url)
      const found =
        server.machineIdentifier === undefined
          ? await inspectServer(origins, server.token, this.identity, clock)
          : {
              sourceId: server.machineIdentifier,
              name: server.name ?? this.#sources.get(server.machineIdentifier)?.row.name ?? 'Plex server',
              origin: new URL(origins[0] ?? server.url).origin,
            }
      await this.#remember(found.sourceId, found.name, found.origin, server.token)
    } catch (error) {
      // Without its identifier, a server that is off cannot be told from any other.
      logger.warn('sources.initial-failed', { cause: error instanceof Error ? error.message : String(error) })
    }
  }

  /** Changes one after another: each closes the client of before, which another may have just opened. */
  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const turn = this.#changing.then(() => {
      if (this.#isClosed) throw new SpoolError('cancelled')
      return change()
    })
    this.#changing = turn.catch(() => undefined)
    return turn
  }

  async #remember(sourceId: string, name: string, address: string, token: string): Promise<KnownSource> {
    const addedAt = this.#sources.get(sourceId)?.row.addedAt ?? this.#options.clock.now()
    await this.#options.secrets.set(tokenName(sourceId), token)
    const connection = this.#sources.get(sourceId)?.row.connection ?? null
    const row: ServerRow = { sourceId, name, address, addedAt, connection }
    this.#table.put(row)
    await this.#close(sourceId)
    const known = this.#open(row, token)
    this.#announce()
    return known
  }

  #open(row: ServerRow, token: string): KnownSource {
    const { clock } = this.#options
    const client = new PlexClient({
      sourceId: row.sourceId,
      baseUrl: row.address,
      token,
      identity: this.identity,
      clock,
    })
    const subscription = client.monitor.onChange((isReachable) => {
      this.#reachability.emit({ sourceId: row.sourceId, isReachable })
      this.#announce()
      const known = this.#sources.get(row.sourceId)
      if (isReachable && known && !known.isNamed) void this.#learnName(known)
    })
    const known: KnownSource = { row, client, subscription, isNamed: false }
    this.#sources.set(row.sourceId, known)
    client.monitor.start()
    return known
  }

  async #learnName(known: KnownSource): Promise<void> {
    const { sourceId } = known.row
    try {
      const { friendlyName } = await known.client.getServerInfo()
      if (this.#sources.get(sourceId) !== known || friendlyName === null) return
      known.isNamed = true
      if (friendlyName === known.row.name) return
      this.#table.rename(sourceId, friendlyName)
      this.#sources.set(sourceId, { ...known, row: { ...known.row, name: friendlyName } })
      this.#announce()
    } catch {
      // The name it has will do until the next time.
    }
  }

  async #close(sourceId: string): Promise<void> {
    const known = this.#sources.get(sourceId)
    if (!known) return
    known.subscription[Symbol.dispose]()
    const goodbyes = Promise.allSettled([...this.#leaving].map((listener) => listener(sourceId)))
    await Promise.race([goodbyes, sleep(this.#options.clock, goodbyeMs)])
    this.#sources.delete(sourceId)
    await known.client.close()
  }

  #announce(): void {
    if (!this.#isClosed) this.#changed.emit(this.getSources())
  }
}
