import Hls, { type ErrorData, type HlsConfig, type RetryConfig } from 'hls.js/light'
import hlsWorkerUrl from 'hls.js/dist/hls.worker.js?url'
import { type ErrorCode, errorCodes } from '../../src-preload/contract/index.ts'
import { bufferedAheadSeconds } from './buffered-ahead.ts'
import { type Deck, DeckError, type DeckOptions, type DeckTrouble, discardVideo } from './deck.ts'
import { createHlsRungs } from './hls-rungs.ts'
import { LoadGate } from './load-gate.ts'
import { type LoaderTies, loaderFor, spoolMessageOf } from './spool-loader.ts'

/** The core holds a request for a segment that is being made for 25 s; asking again earlier would start it twice. */
const firstByteMs = 30_000
const bufferSeconds = 60
/** How long to wait before asking again after everything was tried, while there is still something to play. */
const secondWindMs = 5000

const finalCodes: ReadonlySet<string> = new Set<ErrorCode>([
  'over-limit',
  'not-allowed',
  'unplayable',
  'ended-by-server',
  'source-refused',
  'source-busy',
  'unknown-media',
  'part-missing',
])

const wantsRetry: NonNullable<RetryConfig['shouldRetry']> = (_config, _count, _isTimeout, response, isDue) =>
  isDue && !finalCodes.has(response?.text ?? '')

function configFor(startMs: number, ties: LoaderTies): Partial<HlsConfig> {
  const policy = (errorRetries: number) => ({
    default: {
      maxTimeToFirstByteMs: firstByteMs,
      maxLoadTimeMs: 120_000,
      timeoutRetry: { maxNumRetry: 2, retryDelayMs: 0, maxRetryDelayMs: 0 },
      errorRetry: {
        maxNumRetry: errorRetries,
        retryDelayMs: 1000,
        maxRetryDelayMs: 8000,
        // What the core says is final it has tried often enough.
        shouldRetry: wantsRetry,
      },
    },
  })
  return {
    loader: loaderFor(ties),
    autoStartLoad: false,
    // Which rung is loaded is the player's decision alone.
    preserveManualLevelOnError: true,
    // The page's policy allows workers from its own origin only, so the one in the bundle is named.
    workerPath: hlsWorkerUrl,
    startPosition: startMs / 1000,
    maxBufferLength: bufferSeconds,
    maxMaxBufferLength: bufferSeconds,
    // The cache on disk is the back buffer; this only keeps memory flat.
    backBufferLength: bufferSeconds,
    fragLoadPolicy: policy(3),
    playlistLoadPolicy: policy(2),
    manifestLoadPolicy: policy(2),
  }
}

/** Plays the rungs of a title through hls.js, beginning with the stream's. */
export function createHlsDeck({ video, stream: firstStream, startMs, onTrouble }: DeckOptions): Deck {
  const life = new AbortController()
  const { signal } = life
  const gate = new LoadGate()
  const positionMs = (): number => (isReady ? video.currentTime * 1000 : startMs)
  const hls = new Hls(configFor(startMs, { gate, positionMs }))
  const rungs = createHlsRungs(hls, video, firstStream, gate, signal)
  let isReady = false
  let mediaRecoveries = 0
  let secondWind: ReturnType<typeof setTimeout> | undefined

  /** Less came than is listed: what is in the buffer is all there is, until somebody goes back. */
  const endEarly = (): void => {
    hls.stopLoad()
    for (const type of ['video', 'audio'] as const) hls.trigger(Hls.Events.BUFFER_EOS, { type })
    const goOn = (): void => hls.startLoad(video.currentTime, true)
    video.addEventListener('seeking', goOn, { signal, once: true })
  }

  const ready = new Promise<void>((resolve, reject) => {
    const check = (): void => {
      if (isReady || video.seeking || video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA) return
      isReady = true
      resolve()
    }
    video.addEventListener('canplay', check, { signal })
    video.addEventListener('seeked', check, { signal })

    hls.on(Hls.Events.ERROR, (_event, data) => {
      const trouble = troubleOf(data)
      if (isReady && !signal.aborted && trouble.code === 'unknown-media' && isAtEnd(hls, data)) {
        endEarly()
        return
      }
      // The core has tried as long as it makes sense: hls.js would begin anew, and again.
      const isDecided = finalCodes.has(trouble.code) && data.type === Hls.ErrorTypes.NETWORK_ERROR
      if ((!data.fatal && !isDecided) || signal.aborted) return
      if (!data.fatal) hls.stopLoad()
      if (data.type === Hls.ErrorTypes.MEDIA_ERROR && mediaRecoveries < 2) {
        mediaRecoveries++
        hls.recoverMediaError()
        return
      }
      if (!isReady) {
        reject(new DeckError(trouble))
        return
      }
      if (rungs.fail(new DeckError(trouble))) return
      if (
        data.type === Hls.ErrorTypes.NETWORK_ERROR &&
        !isRefused(trouble.code) &&
        bufferedAheadSeconds(video.buffered, video.currentTime) > 0.5
      ) {
        // There is still something to play: the server may be back before it runs out.
        clearTimeout(secondWind)
        secondWind = setTimeout(() => hls.startLoad(-1), secondWindMs)
        return
      }
      onTrouble(trouble)
    })
    signal.addEventListener('abort', () => reject(new DOMException('Aborted', 'AbortError')), { once: true })
  })
  ready.catch(() => undefined)
  hls.on(Hls.Events.MANIFEST_PARSED, () => {
    if (rungs.begin()) hls.startLoad(startMs / 1000)
  })
  hls.loadSource(firstStream.url.replace(/index\.m3u8$/, 'ladder.m3u8'))
  hls.attachMedia(video)

  return {
    video,
    get stream() {
      return rungs.stream
    },
    ready,
    rungs,
    holdBack(isOn) {
      gate.set(!isOn)
    },
    stopLoading() {
      clearTimeout(secondWind)
      hls.stopLoad()
    },
    startLoading() {
      hls.startLoad(-1)
    },
    destroy() {
      life.abort()
      clearTimeout(secondWind)
      hls.destroy()
      discardVideo(video)
    },
  }
}

/** Whether it is about one of the last two segments: only those are ever found not to be there. */
function isAtEnd(hls: Hls, { frag }: ErrorData): boolean {
  const details = frag === undefined ? undefined : hls.levels[frag.level]?.details
  return details !== undefined && typeof frag?.sn === 'number' && frag.sn >= details.endSN - 1
}

/** Waiting does not help: another quality has to be found while there is still something to play. */
const isRefused = (code: ErrorCode): boolean => code !== 'source-busy' && finalCodes.has(code)

function troubleOf(data: ErrorData): DeckTrouble {
  const status = data.response?.code
  const details = `${data.details}${status === undefined ? '' : ` (${status})`}: ${data.error.message}`
  const response: unknown = data.networkDetails
  const sentence = response instanceof Response ? spoolMessageOf(response.headers) : undefined
  return { code: hlsErrorCode(data), details, sentence }
}

/** What hls.js reports, as one of the contract's codes; the core's own code wins. */
export function hlsErrorCode(
  data: Pick<ErrorData, 'type' | 'details'> & { readonly response?: { readonly text?: string } | undefined },
): ErrorCode {
  const said = errorCodes.find((code) => code === data.response?.text)
  if (said !== undefined) return said
  if (
    data.details === Hls.ErrorDetails.MANIFEST_PARSING_ERROR ||
    data.details === Hls.ErrorDetails.LEVEL_PARSING_ERROR
  )
    return 'bad-playlist'
  if (data.type === Hls.ErrorTypes.NETWORK_ERROR) return 'source-unreachable'
  if (data.type === Hls.ErrorTypes.OTHER_ERROR) return 'internal'
  return 'unplayable'
}
