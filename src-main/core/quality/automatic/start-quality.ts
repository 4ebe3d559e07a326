import type { ConnectionKind } from '../../../../src-preload/contract/index.ts'
import { limits } from './rules.ts'

/** What Automatic may begin with. */
export interface StartChoice<Quality> {
  readonly quality: Quality
  /** Null where nobody knows. */
  readonly needKbps: number | null
}

/** Where the link was never measured: at home there is room for anything, on the way for what most links carry, over a relay for little. */
const unmeasuredKbps: Readonly<Record<Exclude<ConnectionKind, 'offline'>, number>> = {
  lan: Number.POSITIVE_INFINITY,
  wan: 10_000,
  relay: 2_000,
}

/**
 * What to begin with when nobody has chosen: the best that the link carries with room to spare, as it was measured last over the same kind of
 * connection, or as such connections are; the least there is when it carries nothing. `choices` are high to low. Null when there are none.
 */
export function chooseStart<Quality>(
  choices: readonly StartChoice<Quality>[],
  connection: Exclude<ConnectionKind, 'offline'>,
  linkKbps: number | null,
): StartChoice<Quality> | null {
  const hasKbps = linkKbps ?? unmeasuredKbps[connection]
  const carried = choices.find(({ needKbps }) => (needKbps ?? 0) * limits.headroom <= hasKbps)
  return carried ?? choices.at(-1) ?? null
}
