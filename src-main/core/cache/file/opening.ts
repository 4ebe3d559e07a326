import type { EntryContext } from '../entry-resource.ts'
import type { Span } from '../ranges.ts'
import type { FileBytes } from './file-bytes.ts'
import type { Cursor } from './file-reader.ts'

/** Where these keep what a player reads before it shows anything, or before it can jump: a table of contents, often at the end. */
const withTail: ReadonlySet<string> = new Set([
  'video/mp4',
  'video/quicktime',
  'video/x-m4v',
  'video/x-matroska',
  'video/webm',
])
const tailBytes = 1024 * 1024
/** In a smaller file the end is not far. */
const leastTotal = 8 * tailBytes

/** The end of a film that is begun for the first time, fetched beside its beginning: it saves the player a round trip. */
export class Opening {
  readonly #context: EntryContext
  readonly #bytes: FileBytes
  #tail: Span | null = null
  #isDone = false
  #isAsked = false

  constructor(context: EntryContext, bytes: FileBytes) {
    this.#context = context
    this.#bytes = bytes
  }

  /** A reader came. */
  onReader(reader: Cursor): void {
    const { total } = this.#bytes
    if (this.#isDone || total === null) return
    this.#isDone = true
    const isPlayer = reader.start === 0 && reader.end >= total
    const isCold = this.#bytes.arrived.total === 0
    if (!isPlayer || !isCold || total < leastTotal || !withTail.has(this.#context.generation.mime)) return
    this.#tail = { start: total - tailBytes, end: total }
  }

  /** Nobody reads any more: whatever is not here was not needed. */
  onLeft(): void {
    this.#tail = null
  }

  /** What of it is to be asked for: once, as on a slow link it gives way to what is waited for. */
  get missing(): Span | null {
    if (this.#tail === null || this.#isAsked) return null
    const { start, end } = this.#tail
    const from = this.#bytes.arrived.firstMissing(start, end)
    return from === null ? null : { start: from, end }
  }

  /** A request for this position has begun. */
  onAsked(position: number): void {
    if (this.wants(position)) this.#isAsked = true
  }

  wants(position: number): boolean {
    return this.#tail !== null && position >= this.#tail.start && position < this.#tail.end
  }
}
