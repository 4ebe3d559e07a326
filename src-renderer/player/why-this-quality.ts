import i18next from 'i18next'
import type { AutomaticReason, LinkFacts, QualityOption } from '../../src-preload/contract/index.ts'
import { reasonWords } from '../lib/items/reason-words.ts'
import { automaticWhy } from './automatic-words.ts'

/** Who chose what plays, and why: `Automatic: The link gives 5.1 Mbps`, `You have chosen`. Null before anything is known of it. */
export function whyThisQuality(
  isAutomatic: boolean,
  why: AutomaticReason | null,
  link: LinkFacts | null,
): string | null {
  if (!isAutomatic) return i18next.t('player.automatic.plain.chosen')
  if (why === null) return null
  return i18next.t('player.info.byAutomatic', { why: automaticWhy(why, link) })
}

/**
 * What the plan decided for the quality that plays, and for a rung also what keeps the original from playing: `Converted by the server.
 * Original: AC-3 sound does not play here`. A whole copy needs no plan. Null before the plan is known.
 */
export function planWords(playing: QualityOption | null, options: readonly QualityOption[]): string | null {
  if (playing?.complete === true) return i18next.t('player.info.planHere')
  if (playing?.reason === undefined) return null
  const plan = reasonWords(playing.reason)
  const original = options.find(({ quality }) => quality === 'original')
  if (original?.reason === undefined || original.quality === playing.quality || isPlayable(original))
    return plan
  return i18next.t('player.info.planAndOriginal', { plan, obstacle: reasonWords(original.reason) })
}

const isPlayable = ({ unavailable, outcome }: QualityOption): boolean =>
  unavailable === undefined && outcome !== 'unplayable'
