import type { SpoolError } from '../../spool-error.ts'

/** How a fill hears from the fetcher. */
export interface FillListener {
  /** It cannot go on for now. */
  parked(reason: 'source-unreachable' | 'retrying' | 'disk-full', retryAfterMs: number): void
  failed(error: SpoolError): void
}
