/** What a key asks of the player. `?` is not among them: the whole app answers it. */
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
  | { readonly do: 'leave' }

/** The parts of a KeyboardEvent that matter, and what the focus stands on. */
export interface KeyPress {
  readonly key: string
  readonly shiftKey: boolean
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  readonly focus: KeyFocus
}

/**
 * `text`: something is typed into, or a dialog is open. `button`: Space presses it. `menu`: arrows, Space and Escape belong to it. `slider`:
 * arrows belong to it.
 */
export type KeyFocus = 'text' | 'button' | 'menu' | 'slider' | 'none'

const tenths = Object.fromEntries(
  Array.from({ length: 10 }, (_, tenth) => [String(tenth), { do: 'seekToTenth', tenth } as const]),
)

/** One table. Letters are lower case and without Shift; signs are what the layout makes of them. */
export const keyTable: Readonly<Record<string, KeyCommand>> = {
  ' ': { do: 'togglePlay' },
  k: { do: 'togglePlay' },
  j: { do: 'seekBy', ms: -10_000 },
  l: { do: 'seekBy', ms: 10_000 },
  ArrowLeft: { do: 'seekBy', ms: -10_000 },
  ArrowRight: { do: 'seekBy', ms: 10_000 },
  'Shift+ArrowLeft': { do: 'seekBy', ms: -30_000 },
  'Shift+ArrowRight': { do: 'seekBy', ms: 30_000 },
  ArrowUp: { do: 'volumeBy', amount: 0.05 },
  ArrowDown: { do: 'volumeBy', amount: -0.05 },
  m: { do: 'toggleMute' },
  f: { do: 'toggleFullscreen' },
  q: { do: 'openMenu', menu: 'quality' },
  c: { do: 'toggleSubtitles' },
  a: { do: 'openMenu', menu: 'audio' },
  ',': { do: 'stepFrame', direction: -1 },
  '.': { do: 'stepFrame', direction: 1 },
  '<': { do: 'speedBy', direction: -1 },
  '>': { do: 'speedBy', direction: 1 },
  n: { do: 'go', to: 'next' },
  p: { do: 'go', to: 'previous' },
  s: { do: 'skipMarker' },
  i: { do: 'toggleInfo' },
  Escape: { do: 'leave' },
  ...tenths,
}

const ownedBy: Readonly<Record<KeyFocus, (key: string) => boolean>> = {
  text: () => true,
  button: (key) => key === ' ',
  menu: (key) => key === ' ' || key === 'Escape' || key.startsWith('Arrow'),
  slider: (key) => key.startsWith('Arrow'),
  none: () => false,
}

/** The table's name for a press. Shift counts where it does not already make another sign; Caps Lock does not count. */
function nameOf({ key, shiftKey }: KeyPress): string {
  if (/^\p{L}$/u.test(key)) return shiftKey ? `Shift+${key}` : key.toLowerCase()
  return shiftKey && key.startsWith('Arrow') ? `Shift+${key}` : key
}

/** The command of a key press; null when the press belongs to the system or to what has the focus. */
export function keyCommand(press: KeyPress): KeyCommand | null {
  if (press.ctrlKey || press.metaKey || press.altKey || ownedBy[press.focus](press.key)) return null
  const name = nameOf(press)
  return Object.hasOwn(keyTable, name) ? (keyTable[name] ?? null) : null
}
