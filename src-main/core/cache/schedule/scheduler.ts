import type { Clock } from '../../base/clock.ts'
import { DownloadGate } from '../downloads/background-gate.ts'
import { LinkMeter } from './link-meter.ts'
import { SlotKeeper } from './slot-keeper.ts'

/** One for the whole cache: who may send a request, who may read on, and what the links to the sources give. */
export class Scheduler {
  readonly slots = new SlotKeeper()
  readonly gate: DownloadGate
  readonly #clock: Clock
  readonly #links = new Map<string, LinkMeter>()

  constructor(clock: Clock, ceilingKbps: number | null) {
    this.#clock = clock
    this.gate = new DownloadGate(clock, ceilingKbps, () => this.#capacityKbps())
  }

  linkOf(sourceId: string): LinkMeter {
    const known = this.#links.get(sourceId)
    if (known !== undefined) return known
    const link = new LinkMeter(this.#clock)
    this.#links.set(sourceId, link)
    return link
  }

  /** Perhaps another network, as after a sleep: what was measured before is forgotten. */
  forgetLinks(): void {
    for (const link of this.#links.values()) link.forget()
  }

  /** All sources share the way out of the house, so that gives at least what the best of them does. */
  #capacityKbps(): number | null {
    const known = [...this.#links.values()].flatMap(({ kbps }) => (kbps === null ? [] : [kbps]))
    return known.length === 0 ? null : Math.max(...known)
  }
}
