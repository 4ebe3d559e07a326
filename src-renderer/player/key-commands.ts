import type { enPlayer } from '../i18n/en-player.ts'

/** What a key asks of the player. */
export type KeyCommand =
  | { readonly do: 'togglePlay' }
  | { readonly do: 'seekBy'; readonly ms: number }
  | { readonly do: 'seekToTenth'; readonly tenth: number }
  | { readonly do: 'stepFrame'; readonly direction: 1 | -1 }
  | { readonly do: 'volumeBy'; readonly amount: number }
  | { readonly do: 'toggleMute' }
  | { readonly do: 'speedBy'; readonly direction: 1 | -1 }
  | { readonly do: 'toggleFullscreen' }
  | { readonly do: 'toggleSubtitles' }
  | { readonly do: 'openMenu'; readonly menu: 'audio' | 'quality' }
  | { readonly do: 'go'; readonly to: 'next' | 'previous' }
  | { readonly do: 'skipMarker' }
  | { readonly do: 'toggleInfo' }
  | { readonly do: 'toggleHelp' }
  | { readonly do: 'leave' }

/** The parts of a KeyboardEvent that matter, and where the focus is. */
export interface KeyPress {
  readonly key: string
  readonly shiftKey: boolean
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  readonly focus: KeyFocus
}

/** `text`: something is typed into. `button`: Space and Enter press it. `menu`: arrows, Space, Enter and Escape belong to it. `slider`: arrows belong to it. */
export type KeyFocus = 'text' | 'button' | 'menu' | 'slider' | 'none'

export interface KeyBinding {
  /** As shown in the list of keys. */
  readonly keys: readonly string[]
  /** Its words: `player.keys.<name>`. */
  readonly name: keyof typeof enPlayer.keys
  readonly match: (press: KeyPress) => KeyCommand | null
}

const step = 10_000
const leap = 30_000

const letters = (wanted: string, command: KeyCommand) => (press: KeyPress) =>
  press.key.toLowerCase() === wanted && !press.shiftKey ? command : null

const exactly =
  (...commands: readonly (readonly [string, KeyCommand])[]) =>
  (press: KeyPress) =>
    commands.find(([key]) => key === press.key)?.[1] ?? null

/** One table: the keyboard, the list behind `?` and the tooltips all read it. */
export const keyBindings: readonly KeyBinding[] = [
  {
    keys: ['Space', 'K'],
    name: 'togglePlay',
    match: (press) =>
      press.key === ' ' && press.focus !== 'button'
        ? { do: 'togglePlay' }
        : letters('k', { do: 'togglePlay' })(press),
  },
  {
    keys: ['←', '→', 'J', 'L'],
    name: 'seek',
    match: (press) =>
      letters('j', { do: 'seekBy', ms: -step })(press) ??
      letters('l', { do: 'seekBy', ms: step })(press) ??
      (press.shiftKey
        ? null
        : exactly(
            ['ArrowLeft', { do: 'seekBy', ms: -step }],
            ['ArrowRight', { do: 'seekBy', ms: step }],
          )(press)),
  },
  {
    keys: ['Shift + ←', 'Shift + →'],
    name: 'leap',
    match: (press) =>
      press.shiftKey
        ? exactly(
            ['ArrowLeft', { do: 'seekBy', ms: -leap }],
            ['ArrowRight', { do: 'seekBy', ms: leap }],
          )(press)
        : null,
  },
  {
    keys: ['↑', '↓'],
    name: 'volume',
    match: exactly(
      ['ArrowUp', { do: 'volumeBy', amount: 0.05 }],
      ['ArrowDown', { do: 'volumeBy', amount: -0.05 }],
    ),
  },
  { keys: ['M'], name: 'mute', match: letters('m', { do: 'toggleMute' }) },
  { keys: ['F'], name: 'fullscreen', match: letters('f', { do: 'toggleFullscreen' }) },
  { keys: ['Q'], name: 'quality', match: letters('q', { do: 'openMenu', menu: 'quality' }) },
  { keys: ['C'], name: 'subtitles', match: letters('c', { do: 'toggleSubtitles' }) },
  { keys: ['A'], name: 'audio', match: letters('a', { do: 'openMenu', menu: 'audio' }) },
  {
    keys: ['0', '…', '9'],
    name: 'tenth',
    match: (press) => (/^[0-9]$/.test(press.key) ? { do: 'seekToTenth', tenth: Number(press.key) } : null),
  },
  {
    keys: [',', '.'],
    name: 'frame',
    match: exactly([',', { do: 'stepFrame', direction: -1 }], ['.', { do: 'stepFrame', direction: 1 }]),
  },
  {
    keys: ['<', '>'],
    name: 'speed',
    match: exactly(['<', { do: 'speedBy', direction: -1 }], ['>', { do: 'speedBy', direction: 1 }]),
  },
  { keys: ['N'], name: 'next', match: letters('n', { do: 'go', to: 'next' }) },
  { keys: ['P'], name: 'previous', match: letters('p', { do: 'go', to: 'previous' }) },
  { keys: ['S'], name: 'skip', match: letters('s', { do: 'skipMarker' }) },
  { keys: ['I'], name: 'info', match: letters('i', { do: 'toggleInfo' }) },
  { keys: ['?'], name: 'help', match: exactly(['?', { do: 'toggleHelp' }]) },
  {
    keys: ['Esc'],
    name: 'leave',
    match: exactly(['Escape', { do: 'leave' }]),
  },
]

const arrows = new Set(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'])

/** The command of a key press; null when it belongs to the system, to a text field or to what has the focus. */
export function keyCommand(press: KeyPress): KeyCommand | null {
  if (press.ctrlKey || press.metaKey || press.altKey) return null
  if (press.focus === 'text') return null
  if (press.focus === 'menu' && (arrows.has(press.key) || press.key === ' ' || press.key === 'Escape'))
    return null
  if (press.focus === 'slider' && arrows.has(press.key)) return null
  for (const { match } of keyBindings) {
    const command = match(press)
    if (command !== null) return command
  }
  return null
}
