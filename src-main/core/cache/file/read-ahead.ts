import type { Cursor } from './file-reader.ts'

/** A reader joins a transfer that is at most this far behind it; with a fast source more, with a slow one less. */
const usualAttachBytes = 256 * 1024
const leastAttachBytes = 64 * 1024
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
  bytesPerSecond === null
    ? usualAttachBytes
    : Math.min(mostAttachBytes, Math.max(leastAttachBytes, (bytesPerSecond * replyMs) / 1000))

/** Whoever jumps into a file is first brought this much: enough for a player to see whether it is where it wants to be. */
const firstPieceBytes = 384 * 1024
/** Having read this much, for this long, a reader is taken to go on. */
const provenBytes = 320 * 1024
export const provenMs = 25
/** Ahead of a reader that has only begun. */
export const leastAheadBytes = 256 * 1024

/** How far it is fetched ahead of a reader: some times what it has read, so that whoever soon goes elsewhere leaves little behind. */
export const aheadBytes = (reader: Cursor, window: number): number =>
  Math.min(window, Math.max(leastAheadBytes, 4 * (reader.position - reader.start)))

/**
 * Where a request for a reader may end. Players ask for everything from a position on, whatever they want of it; so one that jumped there gets
 * a first piece, and the rest when it goes on. Null: not before it has gone on for `provenMs`.
 */
export function requestEnd(
  reader: Cursor,
  position: number,
  total: number | null,
  now: number,
): number | null {
  const isOpenEnded = reader.end >= (total ?? Number.POSITIVE_INFINITY)
  if (reader.start === 0 || !isOpenEnded) return reader.end
  const read = reader.position - reader.start
  const readingMs = reader.firstReadAt === null ? 0 : now - reader.firstReadAt
  if (read >= provenBytes && readingMs >= provenMs) return reader.end
  if (position - reader.start >= firstPieceBytes) return null
  return Math.min(reader.end, position + firstPieceBytes)
}

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
    const limit = Math.min(reader.end, reader.position + aheadBytes(reader, window))
    if (course.offset >= reader.position && course.offset < limit) return true
  }
  return false
}

const nearlyDoneMs = 5

/** What is left comes so soon that letting it come is better than closing the connection. */
export const isNearlyDone = (course: Course, bytesPerSecond: number | null): boolean =>
  course.end - course.offset <= ((bytesPerSecond ?? 0) * nearlyDoneMs) / 1000
