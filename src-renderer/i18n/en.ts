import { enPlayer } from './en-player.ts'

/** Every word of the page, in English. Plurals by i18next's `_one` / `_other`. */
export const en = {
  close: 'Close',
  cancel: 'Cancel',
  dismiss: 'Dismiss',
  messages: 'Messages',
  tryAgain: 'Try again',
  copyDetails: 'Copy details',
  copied: 'Details copied.',
  notCopied: 'The details could not be copied.',
  player: enPlayer,
} as const
