import { sleep, type Clock } from '../../base/clock.ts'
import { isAbort } from '../../base/control.ts'
import type { Logger } from '../../ports.ts'
import { SpoolError } from '../../spool-error.ts'
import type { EntryResource } from '../entry-resource.ts'
import { holdEntry, type EntryHolderParts } from './hold-entry.ts'

/** How often it is looked whether nobody needs the disk. */
const lookMs = 60_000
/** A copy that was sound is looked at again after so long. */
const soundForMs = 30 * 24 * 60 * 60 * 1000
const bytesPerSecond = 20_000_000
const positionKey = 'scrub_position'

export interface ScrubberParts extends EntryHolderParts {
  readonly clock: Clock
  readonly logger: Logger
  /** Nothing plays, nothing is fetched, and the disk is there. `own`: what the scrubber itself holds open. */
  readonly isIdle: (own: EntryResource | null) => boolean
}

/**
 * Reads what is kept while nobody needs the disk, slowly, so that damage is found before a film is wanted without a server. Begins with what
 * was open when a run ended badly, then goes by when each copy was read last; goes on where it stopped, also after a restart.
 */
export class Scrubber {
  readonly #parts: ScrubberParts
  readonly #stopping = new AbortController()
  #timer: Disposable | null = null
  #running: Promise<void> | null = null

  constructor(parts: ScrubberParts) {
    this.#parts = parts
  }

  start(): void {
    if (this.#stopping.signal.aborted) return
    this.#timer = this.#parts.clock.after(lookMs, () => {
      this.#running = this.#scrub().finally(() => {
        this.#running = null
        this.start()
      })
    })
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new SpoolError('cancelled'))
    this.#timer?.[Symbol.dispose]()
    await this.#running
  }

  /** Until all is read, or somebody needs the disk. Never rejects. */
  async #scrub(): Promise<void> {
    const { logger, index } = this.#parts
    try {
      while (this.#mayRun(null)) {
        const entryId = index.generations.nextToVerify(this.#parts.clock.now() - soundForMs)
        if (entryId === null || !(await this.#scrubEntry(entryId))) return
      }
    } catch (error) {
      if (!isAbort(error) && !this.#stopping.signal.aborted)
        logger.warn('cache.scrub-stopped', { error: String(error) })
    }
  }

  /** Answers whether it came to the end. */
  async #scrubEntry(entryId: number): Promise<boolean> {
    const { index, clock } = this.#parts
    using held = await holdEntry(this.#parts, entryId)
    if (held === null) return true
    const { generationId } = held.row
    for await (const { index: piece, bytes } of held.resource.check(this.#positionIn(generationId))) {
      await sleep(clock, (bytes / bytesPerSecond) * 1000, this.#stopping.signal)
      if (this.#mayRun(held.resource)) continue
      index.setMeta(positionKey, `${generationId}:${piece + 1}`)
      return false
    }
    if (!index.db.open) return false
    index.generations.setVerified(generationId, clock.now())
    return true
  }

  #mayRun(own: EntryResource | null): boolean {
    const { index, isIdle } = this.#parts
    return !this.#stopping.signal.aborted && index.db.open && isIdle(own)
  }

  /** Where it stopped in this generation. */
  #positionIn(generationId: number): number | undefined {
    const [generation, piece] = String(this.#parts.index.getMeta(positionKey) ?? '').split(':')
    return Number(generation) === generationId && piece !== undefined ? Number(piece) : undefined
  }
}
