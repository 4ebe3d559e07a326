import { type KeyCommand, keyTable } from './key-commands.ts'

/** What a line of the list of keys is about; its words are in `help.keys`. */
export type KeyTopic = ReturnType<typeof topicOf>

function topicOf(command: KeyCommand) {
  switch (command.do) {
    case 'togglePlay':
      return 'play'
    case 'seekBy':
      return Math.abs(command.ms) === 10_000 ? 'seek10' : 'seek30'
    case 'seekToTenth':
      return 'tenths'
    case 'stepFrame':
      return 'frame'
    case 'speedBy':
      return 'speed'
    case 'volumeBy':
      return 'volume'
    case 'toggleMute':
      return 'mute'
    case 'toggleFullscreen':
      return 'fullScreen'
    case 'openMenu':
      return command.menu
    case 'toggleSubtitles':
      return 'subtitles'
    case 'go':
      return 'nextPrevious'
    case 'skipMarker':
      return 'skip'
    case 'toggleInfo':
      return 'info'
    case 'leave':
      return 'leave'
  }
}

const signs: Readonly<Record<string, string>> = {
  ' ': 'Space',
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
}

/** The caps to draw for a name of the key table: `Shift+ArrowLeft` is two of them. */
const capsOf = (name: string): readonly string[] =>
  name.split('+').map((part) => signs[part] ?? (/^[a-z]$/.test(part) ? part.toUpperCase() : part))

/** Objects list their digits first, which is where nobody looks for them. */
const digitsLast = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  Number(/^\d$/.test(a)) - Number(/^\d$/.test(b))

/** The player's keys by what they do, in the order of the key table, digits last: the one source of the list that `?` shows. */
export function keyHelp(): readonly (readonly [topic: KeyTopic, caps: readonly string[]])[] {
  const topics = new Map<KeyTopic, Set<string>>()
  for (const [name, command] of Object.entries(keyTable).toSorted(digitsLast)) {
    const topic = topicOf(command)
    const caps = topics.get(topic) ?? new Set()
    topics.set(topic, caps)
    // Ten keys of one meaning are one cap.
    for (const cap of topic === 'tenths' ? ['0–9'] : capsOf(name)) caps.add(cap)
  }
  return [...topics].map(([topic, caps]) => [topic, [...caps]])
}
