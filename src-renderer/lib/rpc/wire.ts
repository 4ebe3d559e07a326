/**
 * `connecting`: first attempt, calls wait. `open`: frames go through. `down`: the other side is gone and is looked for;
 * calls fail at once.
 */
export type WireStatus = 'connecting' | 'open' | 'down'

/** Carries frames (one JSON text each) between page and core, in order. */
export interface Wire {
  readonly status: WireStatus
  /** Only while `open`. */
  post(frame: string): void
  onFrame(listener: (frame: string) => void): () => void
  onStatus(listener: (status: WireStatus) => void): () => void
  close(): void
}
