import type { ConnectionKind, LinkFacts, SourceId } from '../../../../src-preload/contract/index.ts'
import type { Clock } from '../../base/clock.ts'
import { LinkMeter } from './link-meter.ts'
import type { LinkTable } from './link-table.ts'

/** Above this, a second of the title takes the server longer to convert than to be played, or very nearly. */
const busyPace = 0.9
/** A change of this much is worth writing down. */
const newsShare = 0.1

/** What is known of the links to all sources: measured in this run, and remembered from earlier ones. */
export interface SourceLinks {
  /** The meter of a source, for whoever reads its bytes. */
  readonly meterOf: (sourceId: SourceId) => LinkMeter
  /** Measured or, before anything was read, remembered for this kind of connection. */
  factsOf(sourceId: SourceId, connection: ConnectionKind): LinkFacts
}

export interface SourceLinksOptions {
  readonly clock: Clock
  readonly table: LinkTable
  /** How the source is reached now. */
  readonly connectionOf: (sourceId: SourceId) => ConnectionKind
}

export function createSourceLinks({ clock, table, connectionOf }: SourceLinksOptions): SourceLinks {
  /** One for each way a source is reached: what was seen at home says nothing of a hotel. */
  const meters = new Map<string, LinkMeter>()
  const remembered = new Map<string, number>()
  const nameOf = (sourceId: string, connection: ConnectionKind): string => `${connection} ${sourceId}`

  const meterFor = (sourceId: string, connection: ConnectionKind): LinkMeter => {
    const name = nameOf(sourceId, connection)
    let meter = meters.get(name)
    if (meter === undefined) meters.set(name, (meter = new LinkMeter(clock)))
    return meter
  }

  const remember = (sourceId: string, connection: ConnectionKind, kbps: number): void => {
    const name = nameOf(sourceId, connection)
    const before = remembered.get(name) ?? 0
    if (Math.abs(kbps - before) < before * newsShare) return
    remembered.set(name, kbps)
    table.put(sourceId, connection, kbps, clock.now())
  }

  return {
    meterOf: (sourceId) => meterFor(sourceId, connectionOf(sourceId)),
    factsOf(sourceId, connection) {
      const meter = meterFor(sourceId, connection)
      const isServerBusy = (meter.preparingPace ?? 0) > busyPace
      const { estimate } = meter
      if (estimate !== null) {
        if (connection !== 'offline') remember(sourceId, connection, estimate.kbps)
        return { ...estimate, isServerBusy }
      }
      const row = table.get(sourceId, connection)
      const ageMs = row === null ? null : Math.max(0, clock.now() - row.measuredAt)
      return { kbps: row?.kbps ?? null, ageMs, isServerBusy }
    },
  }
}
