import type { EntryContext } from '../entry-resource.ts'
import type { FilePlan, MediaPlan } from '../upstream.ts'
import { parseContentRange } from './content-range.ts'

const longestMs = 15_000

/** What one file has to ask of its source besides bytes. Nothing is fetched while a question is open; each ends within seconds. */
export class SourceQuestions {
  readonly #context: EntryContext
  readonly #onAnswer: () => void
  readonly #abort = new AbortController()
  readonly #open = new Set<Promise<void>>()

  constructor(context: EntryContext, onAnswer: () => void) {
    this.#context = context
    this.#onAnswer = onAnswer
  }

  get isAsking(): boolean {
    return this.#open.size > 0
  }

  /** Whether the source still lists the file: its plan, null when it does not, `unknown` when it cannot tell. */
  confirm(onAnswer: (now: MediaPlan | null | 'unknown') => void): void {
    const { upstream, key } = this.#context
    this.ask(async (signal) => {
      const answer = await upstream.confirm(key, signal).catch(() => 'unknown' as const)
      if (!this.#abort.signal.aborted) onAnswer(answer)
    })
  }

  /** How large the file is, by where its last byte lies; null when that does not come out. */
  findSize(onAnswer: (total: number | null) => void): void {
    this.ask(async (signal) => {
      const total = await this.#lastByteEnd(signal).catch(() => null)
      if (!this.#abort.signal.aborted) onAnswer(total)
    })
  }

  ask(question: (signal: AbortSignal) => Promise<void>): void {
    const asking = this.#within(question).finally(() => {
      this.#open.delete(asking)
      if (!this.#abort.signal.aborted) this.#onAnswer()
    })
    this.#open.add(asking)
  }

  /** Ends them without an answer. */
  async stop(): Promise<void> {
    this.#abort.abort()
    await Promise.all(this.#open)
  }

  async #within(question: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const deadline = new AbortController()
    const signal = AbortSignal.any([deadline.signal, this.#abort.signal])
    using _timer = this.#context.clock.after(longestMs, () => deadline.abort())
    const ended = new Promise<void>((resolve) =>
      signal.addEventListener('abort', () => resolve(), { once: true }),
    )
    await Promise.race([question(signal), ended])
    deadline.abort()
  }

  async #lastByteEnd(signal: AbortSignal): Promise<number | null> {
    const { upstream, key, plan } = this.#context
    const asked = { start: -1, end: null, ifRange: null }
    const reply = await upstream.fetchBytes(key, plan as FilePlan, asked, signal)
    reply.discard()
    const range = reply.status === 206 ? parseContentRange(reply.headers['content-range']) : null
    return range === null ? null : (range.total ?? range.end)
  }
}
