const minuteMs = 60_000

/** For reading: `1 h 54 min`, `48 min`, `2 h`, `40 s` under a minute. */
export function formatDuration(durationMs: number): string {
  if (durationMs < minuteMs) return `${Math.max(0, Math.round(durationMs / 1000))} s`
  const minutes = Math.round(durationMs / minuteMs)
  const hours = Math.floor(minutes / 60)
  const rest = minutes % 60
  if (hours === 0) return `${minutes} min`
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`
}

/** For a clock: `1:12:08`, `4:05`. Rounds down: a position is never shown before it is reached. */
export function formatClock(positionMs: number): string {
  const seconds = Math.floor(Math.max(0, positionMs) / 1000)
  const two = (value: number): string => String(value).padStart(2, '0')
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor(seconds / 60) % 60
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`
}
