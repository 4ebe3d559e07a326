import { z } from 'zod'

/**
 * Field readers for Plex JSON: numbers come as numbers or strings, booleans as `true`, `1` or `"1"`, absent arrays mean empty,
 * and a single child may stand without its array. A field that cannot be read is absent; only a row without its id is no row.
 */
const field = <T>(read: (value: unknown) => T) => z.unknown().optional().transform(read)

export function readText(value: unknown): string | null {
  // Half of a pair of UTF-16 can stand in JSON, and in no address.
  if (typeof value === 'string') return value.toWellFormed()
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : null
}

export function readNumber(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value !== 'string' || value.trim() === '') return null
  const number = Number(value)
  return Number.isFinite(number) ? number : null
}

export function readFlag(value: unknown): boolean {
  return value === true || value === 1 || value === '1' || value === 'true'
}

const readCount = (value: unknown): number | null => {
  const number = readNumber(value)
  return number === null ? null : kept(Math.round(number))
}

/** A column of SQLite, and arithmetic, hold whole numbers of this size. */
const kept = (number: number): number | null => (number >= 0 && Number.isSafeInteger(number) ? number : null)

/** Text or null; a number becomes its digits. */
export const text = field(readText)
/** Text, or null when missing or blank. */
export const filledText = field((value) => {
  const found = readText(value)
  return found === null || found.trim() === '' ? null : found
})
/** An id: text of at least one character, else the row is no row. */
export const id = field(readText).refine((value): value is string => value !== null && value !== '')
export const number = field(readNumber)
/** A whole number of at least 0: sizes, counts, durations. */
export const count = field(readCount)
export const flag = field(readFlag)
/** Epoch seconds as epoch ms. */
export const epochSeconds = field((value) => {
  const seconds = readNumber(value)
  return seconds === null || seconds <= 0 ? null : kept(Math.round(seconds * 1000))
})

/** Rows that can be read; others are left out. */
export const list = <T>(row: z.ZodType<T>) =>
  field((value): readonly T[] =>
    asArray(value).flatMap((item) => {
      const parsed = row.safeParse(item)
      return parsed.success ? [parsed.data] : []
    }),
  )

function asArray(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  return typeof value === 'object' && value !== null ? [value] : []
}
