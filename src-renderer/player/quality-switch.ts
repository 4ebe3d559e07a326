import i18next from 'i18next'
import type { Stream } from '../../src-preload/contract/index.ts'
import { createDeck } from './create-deck.ts'
import { type Deck, DeckError, createVideo } from './deck.ts'
import { alignWith, firstLeadSeconds } from './swap-decks.ts'

/** A switch that has not shown a picture after this long has failed; the core holds a segment for 25 s and may do so twice. */
const patienceMs = 75_000

export interface SwitchOrder {
  readonly host: HTMLElement
  readonly old: Deck
  readonly stream: Stream
  /** A place to go on at; null: wherever the old deck is by then. */
  readonly atMs: number | null
  readonly wantsPlay: () => boolean
  readonly volume: number
  readonly rate: number
  /** The new deck's life begins before it is shown. */
  readonly onTrouble: (deck: Deck, code: DeckError) => void
}

/**
 * Makes a second deck ready beside the playing one and brings it to the same moment. The old deck goes on playing all the while, from what it
 * has and what is kept: the server converts for one stream at a time. The caller shows the new deck and destroys the old one; when
 * this throws, the old deck has only to be held back no longer.
 */
export async function prepareSwitch(order: SwitchOrder, signal: AbortSignal): Promise<Deck> {
  const { old, stream } = order
  old.holdBack(true)
  const video = createVideo(order.host)
  video.dataset['standby'] = ''
  video.muted = true
  video.volume = order.volume
  video.playbackRate = order.rate
  const startMs = order.atMs ?? placeFor(old.video, order.wantsPlay()) * 1000
  const deck: Deck = createDeck({
    video,
    stream,
    startMs,
    onTrouble: (trouble) => order.onTrouble(deck, new DeckError(trouble)),
  })
  try {
    await withPatience(deck.ready, signal)
    if (order.atMs === null) await alignWith(old.video, video, order.wantsPlay, signal)
    else if (order.wantsPlay()) await video.play()
    signal.throwIfAborted()
    return deck
  } catch (error) {
    deck.destroy()
    throw error
  }
}

/** Where the new deck begins, in seconds: a little ahead of a moving picture, exactly at one that stands. */
function placeFor(old: HTMLVideoElement, isMoving: boolean): number {
  const lead = isMoving && !old.paused ? firstLeadSeconds * old.playbackRate : 0
  const ahead = old.currentTime + lead
  return ahead < old.duration - 1 ? ahead : old.currentTime
}

function withPatience(ready: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () =>
        reject(
          new DeckError({ code: 'source-unreachable', details: i18next.t('player.notice.tookTooLong') }),
        ),
      patienceMs,
    )
    const onAbort = (): void => reject(new DOMException('Aborted', 'AbortError'))
    signal.addEventListener('abort', onAbort, { once: true })
    ready.then(resolve, reject).finally(() => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
    })
  })
}
