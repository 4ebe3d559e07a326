import { bindVideo } from './deck-events.ts'
import type { Deck } from './deck.ts'
import { watchDecoding } from './decode-watch.ts'
import { rungShown } from './hls-rungs.ts'
import type { PlayerStore } from './player-store.ts'
import type { DecodeVerdict } from './silence-check.ts'
import { type SubtitleTrack, createSubtitleTrack } from './subtitle-track.ts'

/** Where the deck that is seen and heard sits. Volume, speed and subtitles stay when decks change. */
export interface DeckSlot {
  readonly deck: Deck | null
  /** Listens to a deck, makes it seen and heard, and lets go of the one before without ending it. */
  adopt(deck: Deck): void
  /** Ends the present deck. */
  drop(): void
  /** Brings the element in line with volume, mute and speed of the store. */
  applySound(): void
  applySubtitles(): void
}

export function createDeckSlot(
  store: PlayerStore,
  onSilent: (verdict: Exclude<DecodeVerdict, 'too-early' | 'fine'>) => void,
): DeckSlot {
  let deck: Deck | null = null
  let life = new AbortController()
  let subtitles: SubtitleTrack | null = null

  const expectsAudio = (): boolean =>
    store.getState().part?.tracks.some(({ kind }) => kind === 'audio') ?? false

  const slot: DeckSlot = {
    get deck() {
      return deck
    },
    adopt(next) {
      life.abort()
      life = new AbortController()
      subtitles?.destroy()
      const { video, stream } = next
      delete video.dataset['standby']
      video.dataset['testid'] = 'video'
      deck = next
      slot.applySound()
      store.setState({ stream, stats: null, isStill: false })
      video.addEventListener(rungShown, () => store.setState({ stream: next.stream, stats: null }), {
        signal: life.signal,
      })
      bindVideo(video, store, life.signal)
      watchDecoding(video, expectsAudio, onSilent, life.signal)
      subtitles = createSubtitleTrack(video, (cues) => store.setState({ cues }))
      slot.applySubtitles()
    },
    drop() {
      life.abort()
      subtitles?.destroy()
      subtitles = null
      deck?.destroy()
      deck = null
    },
    applySound() {
      if (deck === null) return
      const { volume, isMuted, rate } = store.getState()
      deck.video.volume = volume
      deck.video.muted = isMuted
      deck.video.playbackRate = rate
    },
    applySubtitles() {
      const { subtitleId, part } = store.getState()
      subtitles?.show(part?.tracks.find(({ streamId }) => streamId === subtitleId) ?? null)
    },
  }
  return slot
}
