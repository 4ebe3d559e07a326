/** How the origin behaves; all of it can be changed while it runs. */
export interface Shape {
  /** Before the first byte of every reply. */
  readonly latencyMs: number
  /** One bucket for all connections, as a home's uplink is; null: none. */
  readonly linkMbps: number | null
  /** For each connection by itself; null: as fast as it goes. */
  readonly connectionMiBps: number | null
}

export const unshaped: Shape = { latencyMs: 0, linkMbps: null, connectionMiBps: null }

/** When bytes may leave, by the clock of `performance.now()`. */
export class Link {
  #freeAt = 0

  /** Takes its turn for `bytes`; answers when they are through. */
  take(bytes: number, mbps: number): number {
    this.#freeAt = Math.max(performance.now(), this.#freeAt) + (bytes * 8) / (mbps * 1000)
    return this.#freeAt
  }
}
