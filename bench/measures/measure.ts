import type { Shape } from '../origin/shape.ts'
import type { Peer } from '../peers/peers.ts'

/** What a measure works with. */
export interface Bench {
  readonly origin: Origin
  /** `direct` first, then Spool, then whoever is installed. */
  readonly peers: readonly Peer[]
  readonly random: () => number
  readonly say: (text: string) => void
}

/** What the origin was asked for since it was last shaped. */
export interface OriginCounts {
  readonly requests: number
  readonly bytes: number
}

export interface Origin {
  readonly url: string
  /** Changes how it behaves, and counts from zero. */
  shape(shape: Partial<Shape>): Promise<void>
  counts(): Promise<OriginCounts>
  /** Resolves when it has sent nothing for a moment: nobody fetches in the background any more. */
  untilQuiet(): Promise<void>
}

/** One line of the results. */
export interface Row {
  readonly measure: string
  /** By the name of the peer; as it is to be read. */
  readonly figures: Readonly<Record<string, string>>
  readonly target: string
  /** Null: nothing to judge. */
  readonly isMet: boolean | null
}

export type Measure = (bench: Bench) => Promise<readonly Row[]>
