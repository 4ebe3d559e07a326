import type { SpoolError } from '../../spool-error.ts'
import type { Priority } from '../schedule/priority.ts'

/** How a fill hears from the fetcher. */
export interface FillListener {
  readonly priority: Priority
  /** It cannot go on for now. */
  parked(reason: 'source-unreachable' | 'retrying' | 'disk-full', retryAfterMs: number): void
  failed(error: SpoolError): void
}
