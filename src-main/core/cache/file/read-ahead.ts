import type { Cursor } from './file-reader.ts'

/** A reader joins a transfer that is at most this far behind it; with a fast source somewhat more. */
const leastAttachBytes = 256 * 1024
export const mostAttachBytes = 4 * 1024 * 1024
const windowMs = 60_000
const leastWindowBytes = 8 * 1024 * 1024
const mostWindowBytes = 64 * 1024 * 1024
/** Ahead of a reader while nothing is kept: what memory holds. */
const passingWindowBytes = 4 * 1024 * 1024

/** How far transfers run ahead of a reader: a minute of playing, within bounds. Beyond it the source is not read. */
export function windowBytes(totalBytes: number | null, durationMs: number, isKeeping: boolean): number {
  if (!isKeeping) return passingWindowBytes
  const bytes = totalBytes === null || durationMs <= 0 ? 0 : (totalBytes / durationMs) * windowMs
  return Math.round(Math.min(mostWindowBytes, Math.max(leastWindowBytes, bytes)))
}

/** The gap that a running transfer closes sooner than a new request would bring its first byte. */
export const attachBytes = (bytesPerSecond: number | null, replyMs: number): number =>
  Math.min(mostAttachBytes, Math.max(leastAttachBytes, ((bytesPerSecond ?? 0) * replyMs) / 1000))

/** Where a transfer is and how far it was asked to go. */
export interface Course {
  readonly offset: number
  readonly end: number
}

/** Whether a transfer will come to `position`, and is at most `reach` away from it. */
export const covers = (course: Course, position: number, reach: number): boolean =>
  course.offset <= position && position < course.end && position - course.offset <= reach

/** Whether a reader waits for what this transfer brings next. */
export function isAwaited(course: Course, readers: Iterable<Cursor>, attach: number): boolean {
  for (const reader of readers)
    if (reader.waitingSince !== null && covers(course, reader.position, attach)) return true
  return false
}

/** Whether a reader waits for it, or will soon come to where it is. */
export function isWanted(course: Course, readers: Iterable<Cursor>, attach: number, window: number): boolean {
  for (const reader of readers) {
    if (reader.waitingSince !== null && covers(course, reader.position, attach)) return true
    const limit = Math.min(reader.end, reader.position + window)
    if (course.offset >= reader.position && course.offset < limit) return true
  }
  return false
}
