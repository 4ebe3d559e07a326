import i18next from 'i18next'
import type { WaitingReason } from '../../src-preload/contract/index.ts'

/** "Why is it waiting?", answered in one sentence; `source` is the server's name. Every reason has its own words in `player.waiting`. */
export function waitingSentence(reason: WaitingReason | null, source: string): string {
  return i18next.t(`player.waiting.${reason ?? 'unknown'}`, { source })
}

/** Another quality is no help while the one asked for is on its way, and none against a disk. */
const unhelped: ReadonlySet<WaitingReason | null> = new Set([
  'disk-full',
  'disk-slow',
  'player-first',
  'transcoder-starting',
])

export const wouldAnotherQualityHelp = (reason: WaitingReason | null): boolean => !unhelped.has(reason)
