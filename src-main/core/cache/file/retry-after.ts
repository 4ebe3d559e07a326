const longestMs = 60_000

/**
 * How long a source asks us to wait, at most a minute: `Retry-After` as seconds or as a date. A date is measured against the reply's own
 * `Date`, because the clocks of two computers never agree; without one, against ours. RFC 9110, 10.2.3.
 * @param now wall clock, epoch ms
 */
export function retryAfterMs(headers: Readonly<Record<string, string>>, now: number): number | null {
  const value = headers['retry-after']?.trim() ?? ''
  if (/^\d{1,9}$/.test(value)) return Math.min(Number(value) * 1000, longestMs)
  const at = httpDate(value)
  if (at === null) return null
  const asked = at - (httpDate(headers['date']?.trim() ?? '') ?? now)
  return Math.min(Math.max(0, asked), longestMs)
}

/** Only what looks like a date of HTTP: `Date.parse` alone takes far too much for one. */
function httpDate(value: string): number | null {
  if (!/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? [\w :-]{8,40}$/.test(value)) return null
  const at = Date.parse(value)
  return Number.isNaN(at) ? null : at
}
