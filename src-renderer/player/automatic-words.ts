import i18next from 'i18next'
import type { AutomaticReason, LinkFacts } from '../../src-preload/contract/index.ts'
import { formatBitrate } from '../lib/format/bitrate.ts'

/** Why Automatic does what it does: `The link gives 5.1 Mbps`. Where the figure is not known, without it. */
export function automaticWhy(why: AutomaticReason, link: LinkFacts | null): string {
  return link?.kbps == null
    ? i18next.t(`player.automatic.plain.${why}`)
    : i18next.t(`player.automatic.${why}`, { link: formatBitrate(link.kbps) })
}

/** Said when Automatic changes quality: `Automatic: 480p · 1.5 Mbps. The link gives 2.1 Mbps.`. */
export const automaticNotice = (label: string, why: AutomaticReason, link: LinkFacts | null): string =>
  i18next.t('player.automatic.notice', { label, why: automaticWhy(why, link) })
