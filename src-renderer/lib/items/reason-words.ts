import i18next from 'i18next'
import type { PlayReason, QualityOption } from '../../../src-preload/contract/index.ts'

/** Why a quality plays as it does, in a few words: `AC-3 sound does not play here`. */
export const reasonWords = ({ code, subject }: PlayReason): string =>
  i18next.t(`reason.${code}`, { subject: subject ?? '' })

/** Why a quality cannot be chosen; empty when it can. */
export function unavailableWords({ unavailable, reason }: QualityOption): string {
  if (unavailable === undefined) return ''
  return reason === undefined ? i18next.t(`unavailable.${unavailable}`) : reasonWords(reason)
}
