/** Decimal units, as disks and Plex count them. */
const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const

interface Scaled {
  readonly value: number
  readonly unit: (typeof units)[number]
}

const digitsFor = ({ value, unit }: Scaled): number =>
  unit === 'B' || unit === 'kB' || (unit === 'MB' && value >= 10) || value >= 100 ? 0 : 1

/** The largest unit that keeps the shown figure at 1 or more, after rounding: 999.96 MB is 1.0 GB, not 1000 MB. */
function scale(bytes: number): Scaled {
  let value = Math.max(0, bytes)
  let index = 0
  while (index < units.length - 1 && Number(value.toFixed(index < 3 ? 0 : 1)) >= 1000) {
    value /= 1000
    index += 1
  }
  return { value, unit: units[index] ?? 'TB' }
}

const figure = (value: number, digits: number): string =>
  new Intl.NumberFormat('en', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    useGrouping: false,
  }).format(value)

/** `1.3 GB`, `96 MB`, `810 kB`, `0 B`. */
export function formatBytes(bytes: number): string {
  const scaled = scale(bytes)
  return `${figure(scaled.value, digitsFor(scaled))} ${scaled.unit}`
}

/** How much of something is here: `3.6 of 10.6 GB`, `96 of ≈ 810 MB`, `410 MB of 1.2 GB`; just the total when nothing or all of it is. */
export function formatShare(present: number, total: number | null, isEstimate: boolean): string {
  if (total === null) return present > 0 ? formatBytes(present) : ''
  const about = isEstimate ? '≈ ' : ''
  if (present <= 0) return `${about}${formatBytes(total)}`
  if (!isEstimate && present >= total) return formatBytes(total)
  const part = scale(present)
  const whole = scale(total)
  const left = part.unit === whole.unit ? figure(part.value, digitsFor(part)) : formatBytes(present)
  return `${left} of ${about}${formatBytes(total)}`
}

/** `8.2 MB/s`. */
export const formatSpeed = (bytesPerSecond: number): string => `${formatBytes(bytesPerSecond)}/s`
