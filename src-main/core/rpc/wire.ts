/**
 * One page's end of the RPC, as a shell hands it to the router: frames of `contract/frames.ts`, one JSON text each, in order.
 * A shell makes a new one for every connection and every load of a page, and closes it when that is over.
 */
export interface Wire {
  /** Never throws; a frame for a closed wire is dropped. */
  post(frame: string): void
  onFrame(listener: (frame: string) => void): Disposable
  /** Called once, when the other side is gone. */
  onClose(listener: () => void): Disposable
  /** Ends the connection because the other side breaks the rules. */
  close(): void
}
