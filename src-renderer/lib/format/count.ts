/** `1,284`. */
export const formatCount = (count: number): string => new Intl.NumberFormat('en').format(count)

/** `22 Nov, 14:05`; the year when it is not this one. */
export function formatMoment(atMs: number, nowMs: number): string {
  const at = new Date(atMs)
  const isThisYear = at.getFullYear() === new Date(nowMs).getFullYear()
  return new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    ...(isThisYear ? {} : { year: 'numeric' }),
  }).format(at)
}
