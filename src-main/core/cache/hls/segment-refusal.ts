import { SpoolError } from '../../spool-error.ts'
import type { Attempt } from './segment-source.ts'

/** Sessions in a row that said no to a segment, before it is believed: the id of one that is gone is refused as well. */
export const sessionsUntilRefused = 3

/**
 * What an attempt says of the server's will. `final`: asking again is of no use. `perhaps`: it may be, a few times. Null: it was not refused;
 * 404 only means "not yet".
 */
export function refusalOf(
  outcome: Attempt,
): { readonly error: SpoolError; readonly belief: 'final' | 'perhaps' | 'later' } | null {
  const status = statusOf(outcome)
  if (status === 509) return { error: new SpoolError('over-limit', { detail: 'HTTP 509' }), belief: 'final' }
  if (status === 401 || status === 403)
    return { error: new SpoolError('not-allowed', { detail: `HTTP ${status}` }), belief: 'perhaps' }
  if (status !== null && (status >= 500 || status === 429))
    return { error: new SpoolError('source-busy', { detail: `HTTP ${status}` }), belief: 'later' }
  if (outcome.kind === 'failed' && outcome.error.code === 'source-busy')
    return { error: new SpoolError('source-busy', { cause: outcome.error }), belief: 'later' }
  return null
}

function statusOf(outcome: Attempt): number | null {
  if (outcome.kind === 'not-ready' || outcome.kind === 'ended') return outcome.status ?? null
  if (outcome.kind !== 'bad') return null
  const [, status] = /^status-(\d+)$/.exec(outcome.reason) ?? []
  return status === undefined ? null : Number(status)
}
