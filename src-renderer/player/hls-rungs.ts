import Hls, { type Level } from 'hls.js/light'
import { type Quality, type Stream, asQuality } from '../../src-preload/contract/index.ts'
import { DeckError, type Rungs } from './deck.ts'
import type { LoadGate } from './load-gate.ts'

/**
 * Boundaries are cut this much early, within the last picture before them. Nothing of the old rung may stay behind: a picture that is on when
 * its place is filled anew stands until the next key frame.
 */
const roundingSeconds = 0.03
/** The event of a media element whose deck shows another rung now. */
export const rungShown = 'spool-rung-shown'
const flushPatienceMs = 2000

/** The rungs of one hls.js: what is on screen, and the way from one to another. */
export interface HlsRungs extends Rungs {
  readonly stream: Stream
  /** Chooses the first rung, once the playlist is there. False when it is not in it; then hls.js was told. */
  begin(): boolean
  /** Gives up the rung that is to come on screen and goes on in the one that is there; false when none is to come. */
  fail(error: DeckError): boolean
}

/**
 * hls.js's own `nextLevel` loads at the end of the old buffer before it has cut it, which would send the server's encoder there; so the buffer is
 * cut first and loading goes on after.
 */
export function createHlsRungs(
  hls: Hls,
  video: HTMLVideoElement,
  firstStream: Stream,
  gate: LoadGate,
  /** Aborts when the deck is destroyed. */
  life: AbortSignal,
): HlsRungs {
  let stream = firstStream
  let loading = firstStream.quality
  const known = new Map([[firstStream.quality, firstStream]])
  /** The level that was changed to and is not on screen yet. */
  let coming: number | null = null
  let failChange: ((error: DeckError) => void) | null = null

  hls.on(Hls.Events.FRAG_CHANGED, (_event, { frag }) => {
    if (frag.level === coming) coming = null
    const level = hls.levels[frag.level]
    const shown = level === undefined ? undefined : known.get(asQuality(qualityOf(level)))
    if (shown === undefined || shown === stream) return
    stream = shown
    video.dispatchEvent(new Event(rungShown))
  })

  const indexOf = (quality: Quality): number => hls.levels.findIndex((level) => qualityOf(level) === quality)

  /** Loads this rung and no other, whatever happens: also after errors hls.js may not choose by itself. */
  const pin = (index: number): void => {
    hls.startLevel = index
    hls.autoLevelCapping = index
    hls.config.minAutoBitrate = hls.levels[index]?.maxBitrate ?? 0
    hls.loadLevel = index
  }

  const load = (quality: Quality): void => {
    if (life.aborted) return
    loading = quality
    pin(indexOf(quality))
    hls.startLoad(video.currentTime, true)
  }

  const cutFrom = async (seconds: number, signal: AbortSignal): Promise<void> => {
    const isCut = (): boolean => endOf(video.buffered) <= seconds + 0.1
    if (isCut()) return
    const endOffset = Number.POSITIVE_INFINITY
    hls.trigger(Hls.Events.BUFFER_FLUSHING, { startOffset: seconds, endOffset, type: null })
    await new Promise<void>((resolve) => {
      const done = (): void => {
        hls.off(Hls.Events.BUFFER_FLUSHED, look)
        clearTimeout(timer)
        resolve()
      }
      const look = (): void => {
        if (isCut()) done()
      }
      const timer = setTimeout(done, flushPatienceMs)
      hls.on(Hls.Events.BUFFER_FLUSHED, look)
      signal.addEventListener('abort', done, { once: true })
      if (signal.aborted) done()
    })
    signal.throwIfAborted()
  }

  /** Loads nothing more and empties the buffer from there on. When that is broken off, what was loaded is loaded on. */
  const stopAndCut = async (seconds: number, signal: AbortSignal): Promise<void> => {
    hls.stopLoad()
    try {
      await cutFrom(seconds, signal)
    } catch (error) {
      load(loading)
      throw error
    }
  }

  const whenShown = (index: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const end = (): void => {
        hls.off(Hls.Events.FRAG_CHANGED, onFragment)
        failChange = null
      }
      const onFragment = (_event: string, { frag }: { frag: { level: number } }): void => {
        if (frag.level !== index) return
        end()
        resolve()
      }
      hls.on(Hls.Events.FRAG_CHANGED, onFragment)
      failChange = (error) => {
        end()
        reject(error)
      }
      signal.addEventListener(
        'abort',
        () => {
          end()
          reject(new DOMException('Aborted', 'AbortError'))
        },
        { once: true },
      )
    })

  return {
    get stream() {
      return stream
    },
    get loading() {
      return loading
    },
    has: (quality) => indexOf(quality) !== -1,

    begin() {
      const index = indexOf(firstStream.quality)
      if (index === -1) {
        const error = new Error('this quality is not in the playlist')
        const details = Hls.ErrorDetails.MANIFEST_PARSING_ERROR
        hls.trigger(Hls.Events.ERROR, { type: Hls.ErrorTypes.NETWORK_ERROR, details, fatal: true, error })
        return false
      }
      pin(index)
      return true
    },

    boundaryAfter(seconds) {
      const fragments = hls.levels[hls.loadLevel]?.details?.fragments ?? []
      const at = fragments.findIndex(({ end }) => seconds < end)
      const next = fragments[at + 1] ?? fragments.at(-1)
      return next?.start ?? seconds
    },

    async change(next, from, signal) {
      signal.throwIfAborted()
      const index = indexOf(next.quality)
      if (index === -1) throw new DeckError({ code: 'internal', details: `no rung ${next.quality}` })
      known.set(next.quality, next)
      const start = from === 'at-once' ? 0 : from - roundingSeconds
      await stopAndCut(start, signal)
      gate.set(true)
      const shown = whenShown(index, signal)
      coming = index
      load(next.quality)
      try {
        await shown
      } catch (error) {
        // Whoever chose anew meanwhile leaves this rung to come until the new one is ready.
        if (signal.aborted) throw error
        // Nothing of it may be shown after all.
        loading = stream.quality
        await stopAndCut(start, signal)
        load(stream.quality)
        throw error
      }
    },

    fail(error) {
      if (coming === null) return false
      coming = null
      if (failChange === null) load(stream.quality)
      else failChange(error)
      return true
    },
  }
}

/** Variants are named after their quality. */
const qualityOf = (level: Level): string =>
  decodeURIComponent(new URL(level.uri, document.baseURI).pathname.split('/').at(-1) ?? '').slice(0, -5)

const endOf = (ranges: TimeRanges): number => (ranges.length === 0 ? 0 : ranges.end(ranges.length - 1))
