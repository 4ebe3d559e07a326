import type { EntryContext } from '../entry-resource.ts'
import { generationStatements } from '../index/generations.ts'
import type { ChunkRow } from '../index/chunks.ts'
import type { Span } from '../ranges.ts'
import type { FilePlan } from '../upstream.ts'
import { isWeak, type Validators } from './identity.ts'
import type { KeptIdentity } from './kept-identity.ts'
import { judgeReply } from './reply.ts'

const dueMs = 7 * 24 * 60 * 60_000

/** Whether what is kept should be held against the source: nothing but the size tells it from another file, and that long ago. */
export function isSpotCheckDue(validators: Validators, matchedAt: number | null, now: number): boolean {
  if (!isWeak(validators)) return false
  const ageMs = matchedAt === null ? Number.POSITIVE_INFINITY : now - matchedAt
  // A clock that was set back says nothing.
  return ageMs < 0 || ageMs > dueMs
}

/**
 * Fetches one kept chunk, any of them, and holds it against its hash. As polite as a download. What differs is fetched once more:
 * only the same difference twice is another file.
 */
export class SpotCheck {
  readonly #context: EntryContext
  readonly #kept: KeptIdentity
  readonly #spanOf: (idx: number) => Span | null
  readonly #abort = new AbortController()
  #running: Promise<void> | null = null

  constructor(context: EntryContext, kept: KeptIdentity, spanOf: (idx: number) => Span | null) {
    this.#context = context
    this.#kept = kept
    this.#spanOf = spanOf
  }

  /** Looks whether it is time, once per opening of the file; `rows` are those that an earlier run left. */
  start(rows: readonly ChunkRow[]): void {
    const { generation, clock, upstream, key } = this.#context
    const row = rows[Math.floor(Math.random() * rows.length)]
    if (this.#running !== null || row === undefined || !upstream.isReachable(key.sourceId)) return
    if (!isSpotCheckDue(this.#kept.validators, generation.matchedAt, clock.now())) return
    // Not being able to look changes nothing.
    this.#running = this.#check(row).catch(() => undefined)
  }

  async stop(): Promise<void> {
    this.#abort.abort()
    await this.#running
  }

  async #check(row: ChunkRow): Promise<void> {
    const first = await this.#fetch(row)
    const second = first === null || first.hash.equals(row.hash) ? first : await this.#fetch(row)
    if (first === null || second === null || this.#abort.signal.aborted) return
    const { db, generation, clock } = this.#context
    if (second.hash.equals(row.hash)) {
      generationStatements(db).setMatched(generation.id, clock.now())
      this.#kept.adopt(second.validators)
    } else if (second.hash.equals(first.hash))
      this.#context.onReplaced('the file changed on the server', null)
  }

  /** The chunk's hash as the source has it now, or what stands for that of another file; null when the reply is not about just that. */
  async #fetch(row: ChunkRow): Promise<{ hash: Buffer; validators: Validators } | null> {
    const { upstream, key, plan, generation, hasher, source, clock, background, meter } = this.#context
    const span = this.#spanOf(row.idx)
    if (span === null) return null
    const signal = this.#abort.signal
    await background.pass(span.end - span.start, signal)
    const reply = await upstream.fetchBytes(key, plan as FilePlan, span, signal)
    try {
      const known = { identity: this.#kept.identity, trust: source.trustIn(key), now: clock.now() }
      const verdict = judgeReply(reply, span, known)
      if (verdict.action === 'doubt' && verdict.doubt.kind === 'changed') {
        const { seen } = verdict.doubt
        return { hash: Buffer.from(JSON.stringify(seen)), validators: seen }
      }
      if (verdict.action !== 'accept' || verdict.end !== span.end) return null
      const running = hasher.start(hasher.seed(generation.storeName, row.idx))
      let position = span.start
      for await (const data of reply.body) {
        meter.fetched(data.length)
        running.update(data.subarray(0, span.end - position))
        position += data.length
      }
      return position === span.end ? { hash: running.digest(), validators: verdict.validators } : null
    } finally {
      reply.discard()
    }
  }
}
