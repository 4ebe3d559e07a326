import { enKeys } from './en-keys.ts'
import { enPlayer } from './en-player.ts'
import { enSettings } from './en-settings.ts'
import { enTitles } from './en-titles.ts'

/** Every word of the page, in English; the larger areas have files of their own. Plurals by i18next's `_one` / `_other`. */
export const en = {
  close: 'Close',
  cancel: 'Cancel',
  dismiss: 'Dismiss',
  messages: 'Messages',
  tryAgain: 'Try again',
  copyDetails: 'Copy details',
  copied: 'Details copied.',
  notCopied: 'The details could not be copied.',
  skip: 'Skip to the page',
  back: 'Back',
  forward: 'Forward',
  left: '{{time}} left',
  rowBack: 'Scroll {{title}} back',
  rowForward: 'Scroll {{title}} forward',
  nav: {
    main: 'Main',
    product: 'Spool, home',
    home: 'Home',
    search: 'Search',
    kept: 'On this computer',
    downloads: 'Downloads',
    settings: 'Settings',
  },
  connection: { lan: 'LAN', wan: 'remote', relay: 'relay', offline: 'offline' },
  connectionLong: {
    lan: 'On your network',
    wan: 'Reached over the internet',
    relay: 'Reached through a relay, which is slow',
    offline: 'Does not answer',
  },
  meter: { label: 'Cache in use', used: 'Cache {{share}}' },
  banner: {
    coreGone: 'Spool is not running any more. Start it again; this page comes back by itself.',
    away_one: '{{names}} does not answer. What is on this computer still plays.',
    away_other: '{{names}} do not answer. What is on this computer still plays.',
    trying: 'Trying…',
    'disk-full':
      'The disk is full. Free some space or lower the cache limit; playing goes on without keeping.',
    'cache-disk-failing':
      'The cache disk reports errors. What plays goes on without being kept; check the disk, or pick another folder in Settings.',
    'cache-disk-missing': 'The cache disk is not connected. Connect it, or pick another folder in Settings.',
  },
  nowhere: { title: 'Not found', text: 'There is no such page.', home: 'Go to Home' },
  downloads: {
    aServer: 'The server',
    empty: 'Nothing is being fetched. Keep a quality on a title’s page, and it shows up here.',
    groups: { downloads: 'Downloads', stopped: 'Stopped', pinned: 'Kept for good' },
    waiting: 'Waiting for its turn',
    paused: 'Paused',
    making: '{{source}} is making the file: {{percent}} %',
    parked: {
      'source-unreachable': '{{source}} does not answer. It goes on when the server is back.',
      'server-preparing': '{{source}} will make the file; it is fetched when it is ready.',
      'server-paces':
        'The server paces this. It goes on by itself, and not while something plays from there.',
      'disk-full': 'There is no room. Free some space or raise the limit in Settings.',
      'player-first': 'Waits while something plays.',
      retrying: '{{source}} answered with an error. Spool tries again.',
    },
    pause: 'Pause',
    pauseThis: 'Pause {{label}}',
    resume: 'Resume',
    resumeThis: 'Resume {{label}}',
    retryThis: 'Try {{label}} again',
    cancelThis: 'Cancel {{label}}',
    earlier: 'Fetch {{label}} earlier',
    later: 'Fetch {{label}} later',
  },
  damage: {
    fetched: 'Parts of {{label}} were damaged on the disk. They are fetched again when they are needed.',
    waits: 'A part of {{label}} was damaged on the disk. It is fetched again once the server answers.',
  },
  ...enTitles,
  ...enSettings,
  ...enKeys,
  player: enPlayer,
} as const
