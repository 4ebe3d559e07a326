/** How long silence is borne, and holding still. All on the monotonic clock, in ms. */

const longestHoldMs = 10_000
const firstByteMs = 15_000
const silenceMs = 8_000
const fillSilenceMs = 30_000
const patienceMs = 30_000
/** For the end of a reply of which everything has come. */
const endMs = 1_000

interface Waiting {
  /** Since when the source owes us something; null while it does not. */
  readonly waitingSince: number | null
  /** Since when we do not read on; null while we do. */
  readonly holdingSince: number | null
  readonly hasReply: boolean
  /** All that the reply announced has come. */
  readonly isFull: boolean
}

/** The source went silent on a transfer: it is asked anew. */
export function isSilent(transfer: Waiting, isPlaying: boolean, now: number): boolean {
  if (transfer.waitingSince === null) return false
  if (transfer.isFull) return now - transfer.waitingSince > endMs
  const allowed = !transfer.hasReply ? firstByteMs : isPlaying ? silenceMs : fillSilenceMs
  return now - transfer.waitingSince > allowed
}

/** Bytes are coming on this transfer. */
export const isBringing = (transfer: Waiting, now: number): boolean =>
  transfer.hasReply && (transfer.waitingSince === null || now - transfer.waitingSince < silenceMs)

/** A transfer that has not read on for so long is closed: servers do not like it, and it can be begun again. */
export const isHeldTooLong = (transfer: Waiting, now: number): boolean =>
  transfer.holdingSince !== null && now - transfer.holdingSince > longestHoldMs

/** A player has waited for one byte for so long that it is told. */
export const isOutOfPatience = (waitingSince: number | null, now: number): boolean =>
  waitingSince !== null && now - waitingSince > patienceMs
