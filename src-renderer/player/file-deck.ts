import type { ErrorCode } from '../../src-preload/contract/index.ts'
import { type Deck, DeckError, type DeckOptions, type DeckTrouble, discardVideo } from './deck.ts'
import { spoolErrorOf, spoolMessageOf } from './spool-loader.ts'

/** Plays a stream of byte ranges: the element asks for what it needs itself. */
export function createFileDeck({ video, stream, startMs, onTrouble }: DeckOptions): Deck {
  const life = new AbortController()
  const { signal } = life
  let isReady = false

  const ready = new Promise<void>((resolve, reject) => {
    video.addEventListener(
      'loadedmetadata',
      () => {
        if (startMs > 0) video.currentTime = startMs / 1000
      },
      { signal, once: true },
    )
    const check = (): void => {
      // With a start position, `canplay` may come for position 0 before the seek has begun to count.
      if (isReady || video.seeking || video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA) return
      isReady = true
      resolve()
    }
    video.addEventListener('canplay', check, { signal })
    video.addEventListener('seeked', check, { signal })
    video.addEventListener(
      'error',
      () => {
        void troubleOf(video, stream.url).then((trouble) => {
          if (signal.aborted) return
          if (isReady) onTrouble(trouble)
          else reject(new DeckError(trouble))
        })
      },
      { signal },
    )
    signal.addEventListener('abort', () => reject(new DOMException('Aborted', 'AbortError')), { once: true })
  })
  ready.catch(() => undefined)
  video.src = stream.url

  return {
    video,
    stream,
    ready,
    rungs: null,
    holdBack() {},
    stopLoading() {},
    startLoading() {},
    destroy() {
      life.abort()
      discardVideo(video)
    },
  }
}

/** The element says little about why; the core says it in a header, so it is asked. */
async function troubleOf(video: HTMLVideoElement, url: string): Promise<DeckTrouble> {
  const details = `media error ${video.error?.code ?? 0}: ${video.error?.message ?? 'unknown'}`
  const headers = await fetch(url, { method: 'HEAD' }).then(
    (response) => response.headers,
    () => new Headers(),
  )
  const code = mediaErrorCode(video.error?.code ?? 0, spoolErrorOf(headers))
  return { code, details, sentence: spoolMessageOf(headers) }
}

/** The element's error number and the core's header, as one of the contract's codes. */
export function mediaErrorCode(mediaError: number, header: ErrorCode | null): ErrorCode {
  if (header !== null) return header
  // 2 is MEDIA_ERR_NETWORK: the bytes stopped coming. 3 and 4: they came and cannot be played.
  return mediaError === 2 ? 'source-unreachable' : 'unplayable'
}
