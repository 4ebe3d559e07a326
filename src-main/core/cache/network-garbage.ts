import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Bytes from the network after which the young are collected. */
const collectEveryBytes = 8 * 1024 * 1024

/**
 * Every piece that the network brings is fresh memory outside V8's heap, dead a moment after it was written down. V8 collects the young when its own
 * heap fills, which these hardly touch, so tens of MiB of them pile up behind one stream. Collecting the young alone takes about a millisecond.
 */
export class NetworkGarbage {
  readonly #collect: () => void
  #bytes = 0

  constructor(collect: () => void = youngCollector()) {
    this.#collect = collect
  }

  /** So many bytes came. */
  add(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes < collectEveryBytes) return
    this.#bytes = 0
    this.#collect()
  }
}

/** V8's own collector of young objects; nothing where it cannot be had. */
function youngCollector(): () => void {
  // The flag decides what new contexts are given; this program's own stays without it.
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('typeof gc === "function" ? gc : null')
  setFlagsFromString('--no-expose-gc')
  return typeof collect === 'function'
    ? () => (collect as CollectGarbage)({ type: 'minor' })
    : () => undefined
}

type CollectGarbage = (options: { readonly type: 'minor' }) => void
