import type { ErrorCode } from '../../../src-preload/contract/index.ts'

/**
 * The HTTP status of a media URL that cannot be answered, per code. 404: asking again is of no use. 503: it may be
 * of use later. 502: the server sent something else than what was asked for. 403: the address itself is wrong.
 */
export const statusOfError: Readonly<Record<ErrorCode, 403 | 404 | 502 | 503>> = {
  'unknown-source': 404,
  'unknown-media': 404,
  'unknown-quality': 404,
  'quality-above-source': 404,
  'source-unreachable': 503,
  'source-refused': 502,
  'not-allowed': 502,
  'over-limit': 502,
  'source-busy': 503,
  'ended-by-server': 502,
  unplayable: 502,
  'disk-full': 503,
  'cache-disk-missing': 503,
  'database-damaged': 503,
  'bad-playlist': 502,
  'bad-reply': 502,
  'part-missing': 502,
  'bad-token': 403,
  'unknown-method': 404,
  'bad-params': 404,
  cancelled: 503,
  internal: 503,
}
