const gigabyte = 1_000_000_000

/** What a person sees for a number of bytes: `120`, `0.5`. */
export const toGigabytes = (bytes: number): string => String(Math.round((bytes / gigabyte) * 10) / 10)

/** Null for anything that is not a size of at least `leastBytes`; accepts a comma and a trailing unit. */
export function parseGigabytes(text: string, leastBytes: number): number | null {
  const match = /^(\d+(?:[.,]\d+)?)\s*(?:gb)?$/i.exec(text.trim())
  if (match === null) return null
  const bytes = Math.round(Number((match[1] ?? '').replace(',', '.')) * gigabyte)
  return bytes >= leastBytes && Number.isSafeInteger(bytes) ? bytes : null
}

const steps = [
  1, 2, 5, 10, 15, 20, 30, 40, 50, 75, 100, 120, 150, 200, 250, 300, 400, 500, 750, 1000, 1500, 2000,
]

/** The cache limit's slider has uneven steps, because 10 GB more means much at 10 and nothing at 1000. */
export const limitSteps: readonly number[] = steps.map((step) => step * gigabyte)

/** The step nearest to a limit. */
export function nearestStep(bytes: number): number {
  let best = 0
  limitSteps.forEach((step, index) => {
    if (Math.abs(step - bytes) < Math.abs((limitSteps[best] ?? 0) - bytes)) best = index
  })
  return best
}
