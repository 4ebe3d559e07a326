import type { Deck, DeckOptions } from './deck.ts'
import { createFileDeck } from './file-deck.ts'
import { createHlsDeck } from './hls-deck.ts'

/** A deck for whatever kind of stream it is. */
export function createDeck(options: DeckOptions): Deck {
  return options.stream.kind === 'hls' ? createHlsDeck(options) : createFileDeck(options)
}
