import type { Database } from 'better-sqlite3'
import type {
  CapabilityReport,
  MediaId,
  PlayerCapabilities,
  SourceId,
  Undecodable,
} from '../../../src-preload/contract/index.ts'
import { Emitter } from '../base/emitter.ts'
import type { ItemFinder } from '../library/item-finder.ts'
import { firstAudio } from '../plex/find-part.ts'
import type { PlexMedia, PlexPart } from '../plex/model.ts'
import { chromiumCapabilities, fileName, withoutCodec, type Capabilities } from './capabilities.ts'
import { createCapabilityTable, type CapabilityTable, type FoundOut } from './capability-table.ts'

export interface CapabilityBookOptions {
  /** library.db, migrated. */
  readonly db: Database
  readonly findPart: ItemFinder['findPart']
  readonly now: () => number
}

/** What each player of this app can play: as its engine says, less what was found out by playing. */
export class CapabilityBook {
  readonly #options: CapabilityBookOptions
  readonly #table: CapabilityTable
  /** The engine of each page that has said what it plays. */
  readonly #agents = new Map<string, string>()
  readonly #known = new Map<string, Capabilities>()
  readonly #changed = new Emitter<void>()
  #latest: string | null

  constructor(options: CapabilityBookOptions) {
    this.#options = options
    this.#table = createCapabilityTable(options.db)
    this.#latest = this.#table.latestAgent()
  }

  /** Of the page that asks; before it has said anything, of the last page that did. A script's player is not known. */
  of(callerId: string | null): Capabilities {
    const agent = callerId === null ? null : (this.#agents.get(callerId) ?? this.#latest)
    return agent === null ? chromiumCapabilities : this.#ofAgent(agent)
  }

  /** A page says what its engine plays. Remembered, so that the next start knows at once. */
  set(callerId: string | null, { agent, capabilities }: CapabilityReport): void {
    const before = JSON.stringify(this.#promised(this.#latest))
    if (callerId !== null) this.#agents.set(callerId, agent)
    this.#table.put(agent, capabilities, this.#options.now())
    this.#known.delete(agent)
    this.#latest = agent
    if (JSON.stringify(capabilities) !== before) this.#changed.emit()
  }

  /** Original of a file showed or sounded nothing in this page. Throws `unknown-source`, `unknown-media`, `source-unreachable`. */
  async note(
    callerId: string | null,
    sourceId: SourceId,
    mediaId: MediaId,
    missing: Undecodable,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const agent = callerId === null ? null : (this.#agents.get(callerId) ?? this.#latest)
    if (agent === null) return false
    const { media, part } = await this.#options.findPart(sourceId, mediaId, signal)
    const codec = codecOf(media, part, missing)
    const found: FoundOut = {
      sourceId,
      mediaId,
      missing,
      codec: codec?.codec ?? null,
      bitDepth: codec?.bitDepth ?? 8,
    }
    this.#table.note(agent, found, this.#options.now())
    this.#known.delete(agent)
    this.#changed.emit()
    return true
  }

  wireClosed(callerId: string): void {
    this.#agents.delete(callerId)
  }

  /** What is shown of titles may be another thing now. */
  onChange(listener: () => void): Disposable {
    return this.#changed.on(listener)
  }

  #promised(agent: string | null): PlayerCapabilities | null {
    return agent === null ? null : this.#table.get(agent)
  }

  #ofAgent(agent: string): Capabilities {
    const known = this.#known.get(agent)
    if (known) return known
    const found = this.#table.found(agent)
    const promised = this.#table.get(agent) ?? chromiumCapabilities
    const proved = found.reduce<PlayerCapabilities>(
      (left, { missing, codec, bitDepth }) =>
        codec === null ? left : withoutCodec(left, { missing, codec, bitDepth }),
      promised,
    )
    const undecodable = new Map(
      found.map(({ sourceId, mediaId, missing }) => [fileName(sourceId, mediaId), missing] as const),
    )
    const capabilities = { ...proved, undecodable }
    this.#known.set(agent, capabilities)
    return capabilities
  }
}

function codecOf(
  media: PlexMedia,
  part: PlexPart,
  missing: Undecodable,
): { readonly codec: string; readonly bitDepth: number } | null {
  if (missing === 'sound') {
    const codec = firstAudio(part)?.codec || media.audioCodec
    return codec === null ? null : { codec, bitDepth: 8 }
  }
  const video = part.streams.find(({ kind }) => kind === 'video')
  const codec = video?.codec || media.videoCodec
  return codec === null ? null : { codec, bitDepth: video?.bitDepth ?? 8 }
}
