/** Patience and pauses of an HLS entry, in ms. One object, so that tests can be quick. */
export interface HlsTiming {
  /** How long a request for a segment that is not ready is held; the player waits 30 s. */
  readonly holdMs: number
  /** A piece that a player asks for again and again and that does not come within this does not come at all. */
  readonly giveUpMs: number
  /** No reply: the server blocks up to 20 s for a segment, but a reply that races an encoder's restart never comes (plex-api.md 6.6). */
  readonly replyMs: number
  /** A reply that stops in the middle. */
  readonly bodyStallMs: number
  /** A session that has brought nothing yet may say "not ready" this long. */
  readonly startMs: number
  /** Before asking again for a segment that was not ready. */
  readonly retryMs: number
  /** After a session ended under a player: another player may have taken the encoder, and must not be robbed of it in turn. */
  readonly endedMs: number
  /** Between two starts of a transcode; doubled while sessions bring nothing. */
  readonly reopenMs: number
  readonly reopenMaxMs: number
  /** A download waits this long for a session's first segment… */
  readonly fillFirstMs: number
  /** …and this long for each further one: then the encoder has stopped ahead of a player that is not there. */
  readonly fillNextMs: number
  /** When a download may ask again after something plays live. */
  readonly fillBusyMs: number
  /** First pause of a download that gets nowhere; doubled. */
  readonly fillPauseMs: number
  readonly fillPauseMaxMs: number
  /** A session whose encoder is this close is asked; farther away, one of its own brings the segment sooner. */
  readonly nearMs: number
  /** A session is kept this long without a reader: pages reload. */
  readonly graceMs: number
}

export const hlsTiming: HlsTiming = {
  holdMs: 25_000,
  giveUpMs: 120_000,
  replyMs: 10_000,
  bodyStallMs: 5_000,
  startMs: 8_000,
  retryMs: 250,
  endedMs: 1_000,
  reopenMs: 250,
  reopenMaxMs: 8_000,
  fillFirstMs: 20_000,
  fillNextMs: 6_000,
  fillBusyMs: 5_000,
  fillPauseMs: 2_000,
  fillPauseMaxMs: 60_000,
  nearMs: 20_000,
  graceMs: 10_000,
}
