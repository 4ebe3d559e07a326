import type { Cursor } from './file-reader.ts'

/** A reader joins a transfer that is at most this far behind it; with a fast source more, with a slow one less. */
const usualAttachBytes = 256 * 1024
const leastAttachBytes = 64 * 1024
export const mostAttachBytes = 4 * 1024 * 1024
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

/** Ahead of one that begins at the beginning: what a player reads before it shows anything. */
const headBytes = 1024 * 1024
/** Having read this much in order, a reader is one that plays, and not one that looks something up. */
const playedBytes = 1024 * 1024
/** Ahead of readers besides the one that is furthest: what is fetched ahead is fetched for the whole file, not for each of them. */
const besideBytes = 4 * 1024 * 1024

/** How far it is fetched ahead of a reader: some times what it has read, so that whoever soon goes elsewhere leaves little behind. */
export const aheadBytes = (reader: Cursor, window: number): number =>
  Math.min(
    window,
    Math.max(reader.start === 0 ? headBytes : leastAheadBytes, 4 * (reader.position - reader.start)),
  )

/** It has read for a while, and will go on. */
export const hasPlayed = (reader: Cursor): boolean => reader.position - reader.start >= playedBytes

/** Whose position is that of the film: the one furthest on that has read for a while. Null while nobody has. */
export function playHead(readers: Iterable<Cursor>): Cursor | null {
  let head: Cursor | null = null
  for (const reader of readers)
    if (hasPlayed(reader) && reader.position > (head?.position ?? -1)) head = reader
  return head
}

/** What one reader may have ahead of it of the file's window. */
export const windowOf = (reader: Cursor, head: Cursor | null, window: number): number =>
  head === null || head === reader ? window : Math.min(window, besideBytes)

/**
 * Where a request for a reader may end. Players ask for everything from a position on, whatever they want of it; so one that jumped there gets
 * a first piece, and when it goes on as much as is fetched ahead. Null: not before it has gone on for `provenMs`.
 */
export function requestEnd(
  reader: Cursor,
  position: number,
  total: number | null,
  window: number,
  now: number,
): number | null {
  // Of unknown size: the first reply tells it, however little of the file was asked for.
  const end = total === null ? reader.end : Math.min(reader.end, Math.max(position, reader.position) + window)
  const isOpenEnded = reader.end >= (total ?? Number.POSITIVE_INFINITY)
  if (reader.start === 0 || !isOpenEnded) return end
  const read = reader.position - reader.start
  const readingMs = reader.firstReadAt === null ? 0 : now - reader.firstReadAt
  if (read >= provenBytes && readingMs >= provenMs) return end
  if (position - reader.start >= firstPieceBytes) return null
  return Math.min(end, position + firstPieceBytes)
}

/** Where a transfer is and how far it was asked to go. */
export interface Course {
  readonly offset: number
  readonly end: number
}

/** Whether a transfer will come to `position`, and is at most `reach` away from it. */
export const covers = (course: Course, position: number, reach: number): boolean =>
  course.offset <= position && position < course.end && position - course.offset <= reach

const nearlyDoneMs = 5

/** What is left comes so soon that letting it come is better than closing the connection. */
export const isNearlyDone = (course: Course, bytesPerSecond: number | null): boolean =>
  course.end - course.offset <= ((bytesPerSecond ?? 0) * nearlyDoneMs) / 1000
