/**
 * Whether the segments that a deck loads may be asked of the server, or only of what is kept on this computer: while another quality is made
 * ready, the one that plays must not take the server's encoder back.
 */
export class LoadGate {
  #isOpen = true
  #turn = new AbortController()

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Aborts when the gate opens or closes next. */
  get turned(): AbortSignal {
    return this.#turn.signal
  }

  set(isOpen: boolean): void {
    if (isOpen === this.#isOpen) return
    this.#isOpen = isOpen
    const turn = this.#turn
    this.#turn = new AbortController()
    turn.abort()
  }
}
