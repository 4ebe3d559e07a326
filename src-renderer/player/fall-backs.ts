import i18next from 'i18next'
import { type Quality, errorSentences } from '../../src-preload/contract/index.ts'
import { toFailure } from './core-calls.ts'
import { DeckError } from './deck.ts'
import { type CurableCode, isCurable, nextQuality } from './fall-back.ts'
import type { PlayerStore } from './player-store.ts'
import { splitQuality } from './quality-tracks.ts'

/** What a player does by itself where a quality cannot be had: goes on in the next best one, once each, and says why. */
export interface FallBacks {
  /** A change that was made here is under way: nobody's wish. */
  readonly isCuring: boolean
  /** Goes on in another quality where the trouble is this one's alone; false when it is not, or when there is none. */
  cure(error: unknown, quality: Quality | null): boolean
  /** The same for a reason that is known. */
  leave(failed: Quality, reason: string, code: CurableCode): boolean
  /** The person has chosen: everything may be tried again. */
  forget(): void
}

export function createFallBacks(
  { getState, say }: PlayerStore,
  labelOf: (quality: Quality) => string,
  change: (quality: Quality, said: string) => Promise<void>,
): FallBacks {
  /** What could not be had since the person last chose. */
  const tried = new Set<Quality>()
  let isCuring = false

  const reasonFor = (code: CurableCode, quality: Quality, error: unknown): string => {
    const isOwn = error instanceof DeckError && error.sentence === errorSentences[error.code]
    // Only the element says nothing of its own: then it is this computer that cannot.
    if (code === 'unplayable' && isOwn) return i18next.t('player.cannotDecode.unplayable')
    const words = { source: getState().sourceName, label: labelOf(quality) }
    return i18next.t(`player.refused.${code}`, words)
  }

  const leave = (failed: Quality, reason: string, code: CurableCode): boolean => {
    const next = nextQuality(getState().part?.qualities ?? [], { quality: failed, code }, tried)
    tried.add(splitQuality(failed).base)
    if (next === null) return false
    const place = i18next.t(next.complete ? 'player.from.here' : 'player.notice.theServer')
    const said = i18next.t('player.notice.fellBack', { reason, label: next.label, place })
    say(said)
    isCuring = true
    void change(next.quality, said)
    isCuring = false
    return true
  }

  return {
    get isCuring() {
      return isCuring
    },
    cure(error, quality) {
      const { code } = toFailure(error)
      if (quality === null || !isCurable(code)) return false
      return leave(quality, reasonFor(code, quality, error), code)
    },
    leave,
    forget: () => tried.clear(),
  }
}
