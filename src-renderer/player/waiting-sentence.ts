import i18next from 'i18next'
import type { WaitingReason } from '../../src-preload/contract/index.ts'

/** "Why is it waiting?", answered in one sentence; `source` is the server's name. Every reason has its own words in `player.waiting`. */
export function waitingSentence(reason: WaitingReason | null, source: string): string {
  return i18next.t(`player.waiting.${reason ?? 'unknown'}`, { source })
}

/** Whether another quality would help: not while the one asked for is on its way, and not against a full disk. */
export function wouldAnotherQualityHelp(reason: WaitingReason | null): boolean {
  return reason !== 'disk-full' && reason !== 'transcoder-starting'
}
