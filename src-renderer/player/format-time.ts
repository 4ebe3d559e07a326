import i18next from 'i18next'
import { formatClock } from '../lib/format/duration.ts'

/** A clock of one width for a whole title: `0:44:19` where the title lasts an hour or more, else `12:03`. */
export function formatPosition(ms: number, durationMs: number): string {
  const clock = formatClock(ms)
  if (durationMs < 3_600_000 || ms >= 3_600_000) return clock
  return `0:${clock.padStart(5, '0')}`
}

/** `1 hour 40 minutes`, `12 minutes 3 seconds`: for screen readers. What is zero is left out, unless all is. */
export function speakDuration(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000))
  const parts = [
    ['hours', Math.floor(total / 3600)],
    ['minutes', Math.floor(total / 60) % 60],
    ['seconds', total % 60],
  ] as const
  const words = parts
    .filter(([unit, count]) => count > 0 || (unit === 'seconds' && total === 0))
    .map(([unit, count]) => i18next.t(`player.duration.${unit}`, { count }))
  return words.join(' ')
}

/** `12 minutes 3 seconds of 1 hour 40 minutes`. */
export function speakPosition(positionMs: number, durationMs: number): string {
  return i18next.t('player.seekValue', {
    position: speakDuration(positionMs),
    duration: speakDuration(durationMs),
  })
}
