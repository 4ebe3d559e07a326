import type { SpoolError } from '../../spool-error.ts'
import type { Span } from '../ranges.ts'
import type { Priority } from '../schedule/priority.ts'

/** How a fill hears from the fetcher. */
export interface FillListener {
  readonly priority: Priority
  /** All that is wanted; null: the whole file. */
  readonly span: Span | null
  /** It cannot go on for now. */
  parked(reason: 'source-unreachable' | 'retrying' | 'disk-full', retryAfterMs: number): void
  failed(error: SpoolError): void
}
