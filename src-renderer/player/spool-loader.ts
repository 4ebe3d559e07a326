import type {
  HlsConfig,
  Loader,
  LoaderCallbacks,
  LoaderConfiguration,
  LoaderContext,
  LoaderStats,
} from 'hls.js'
import { type ErrorCode, errorCodes } from '../../src-preload/contract/index.ts'
import { LoadGate } from './load-gate.ts'

/** How often a "not yet" is asked again. The core holds each request for up to 25 s first, and gives up after two minutes by itself. */
const maxNotYets = 6
const defaultRetryAfterMs = 2000

/** The code a media response carries when it could not be given; null for codes this page does not know. */
export function spoolErrorOf(headers: Headers): ErrorCode | null {
  const code = headers.get('X-Spool-Error')
  return errorCodes.find((known) => known === code) ?? null
}

/** The code's sentence with what the server said, as the core wrote it. */
export function spoolMessageOf(headers: Headers): string | undefined {
  const message = headers.get('X-Spool-Message')
  if (message === null) return undefined
  try {
    return decodeURIComponent(message)
  } catch {
    return undefined
  }
}

/** `Retry-After` in seconds, as ms; anything else counts as two seconds. */
export function retryAfterMs(headers: Headers): number {
  const seconds = Number.parseFloat(headers.get('Retry-After') ?? '')
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, 30) * 1000 : defaultRetryAfterMs
}

const newStats = (): LoaderStats => ({
  aborted: false,
  loaded: 0,
  retry: 0,
  total: 0,
  chunkCount: 0,
  bwEstimate: 0,
  loading: { start: 0, first: 0, end: 0 },
  parsing: { start: 0, end: 0 },
  buffering: { start: 0, first: 0, end: 0 },
})

/** What the loaders of one deck share. */
export interface LoaderTies {
  readonly gate: LoadGate
  /** Where the player is: a session that a rung's playlist needs starts there. */
  readonly positionMs: () => number
}

/**
 * Loads playlists and segments for hls.js. Differs from its own loader in three ways: 503 with `Retry-After` is waited out here (the segment
 * is being made, nothing failed), the core's error code reaches the player as the response text, and while its gate is closed it takes
 * segments only from what the core keeps, and waits for the others.
 */
export class SpoolLoader implements Loader<LoaderContext> {
  context: LoaderContext | null = null
  stats: LoaderStats = newStats()
  readonly #ties: LoaderTies
  #abort = new AbortController()
  #response: Response | null = null

  // hls.js constructs its loaders with the config.
  constructor(_config: HlsConfig, ties: LoaderTies = { gate: new LoadGate(), positionMs: () => 0 }) {
    this.#ties = ties
  }

  load(context: LoaderContext, config: LoaderConfiguration, callbacks: LoaderCallbacks<LoaderContext>): void {
    this.context = context
    this.stats.loading.start = performance.now()
    const { maxTimeToFirstByteMs, maxLoadTimeMs } = config.loadPolicy
    void this.#run(context, maxTimeToFirstByteMs, maxLoadTimeMs, callbacks)
  }

  async #run(
    context: LoaderContext,
    firstByteMs: number,
    loadMs: number,
    callbacks: LoaderCallbacks<LoaderContext>,
  ): Promise<void> {
    const { stats } = this
    const { signal } = this.#abort
    for (let attempt = 0; ; attempt++) {
      const isKeptOnly = 'frag' in context && !this.#ties.gate.isOpen
      const timer = new AbortController()
      const takenBack = new AbortController()
      const any = AbortSignal.any([signal, timer.signal, takenBack.signal])
      let timeout = setTimeout(() => timer.abort(), firstByteMs)
      // What was asked of the server is asked of what is kept instead, unless it is on its way already.
      const { turned } = this.#ties.gate
      const takeBack = (): void => {
        if ('frag' in context && !isKeptOnly) takenBack.abort()
      }
      turned.addEventListener('abort', takeBack)
      try {
        const response = await fetch(this.#urlOf(context), {
          headers: headersOf(context, isKeptOnly),
          signal: any,
        })
        turned.removeEventListener('abort', takeBack)
        this.#response = response
        if (response.status === 504 && isKeptOnly) {
          clearTimeout(timeout)
          await untilAborted(turned, signal)
          attempt--
          continue
        }
        stats.loading.first = Math.max(performance.now(), stats.loading.start)
        clearTimeout(timeout)
        timeout = setTimeout(() => timer.abort(), loadMs)
        if (response.status === 503 && response.headers.has('Retry-After') && attempt < maxNotYets) {
          await response.body?.cancel()
          clearTimeout(timeout)
          await delay(retryAfterMs(response.headers), signal)
          continue
        }
        if (!response.ok) {
          await response.body?.cancel()
          const text = spoolErrorOf(response.headers) ?? response.statusText
          callbacks.onError({ code: response.status, text }, context, response, stats)
          return
        }
        const data =
          context.responseType === 'arraybuffer' ? await response.arrayBuffer() : await response.text()
        if (signal.aborted) return
        const size = typeof data === 'string' ? data.length : data.byteLength
        stats.loading.end = Math.max(performance.now(), stats.loading.first)
        stats.loaded = stats.total = size
        stats.bwEstimate = (size * 8000) / Math.max(1, stats.loading.end - stats.loading.first)
        callbacks.onProgress?.(stats, context, data, response)
        callbacks.onSuccess({ url: response.url, data, code: response.status }, stats, context, response)
        return
      } catch (error) {
        if (signal.aborted) return
        if (takenBack.signal.aborted) attempt--
        else if (timer.signal.aborted) return callbacks.onTimeout(stats, context, this.#response)
        else return callbacks.onError({ code: 0, text: String(error) }, context, this.#response, stats)
      } finally {
        clearTimeout(timeout)
        turned.removeEventListener('abort', takeBack)
      }
    }
  }

  #urlOf({ url, type }: LoaderContext): string {
    return (type as string) === 'level'
      ? `${url}?start=${Math.max(0, Math.floor(this.#ties.positionMs()))}`
      : url
  }

  abort(): void {
    if (this.#abort.signal.aborted) return
    this.stats.aborted = this.stats.loading.end === 0
    this.#abort.abort()
  }

  destroy(): void {
    this.abort()
    this.context = null
  }

  getCacheAge(): null {
    return null
  }

  getResponseHeader(name: string): string | null {
    return this.#response?.headers.get(name) ?? null
  }
}

/** The loader class for one deck, as hls.js takes it. */
export function loaderFor(ties: LoaderTies): typeof SpoolLoader {
  return class extends SpoolLoader {
    constructor(config: HlsConfig) {
      super(config, ties)
    }
  }
}

function headersOf(context: LoaderContext, isKeptOnly: boolean): Record<string, string> {
  const headers: Record<string, string> = { ...context.headers }
  if (isKeptOnly) headers['Cache-Control'] = 'only-if-cached'
  if (context.rangeEnd !== undefined && context.rangeEnd > 0)
    headers['Range'] = `bytes=${context.rangeStart ?? 0}-${context.rangeEnd - 1}`
  return headers
}

function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        reject(new DOMException('Aborted', 'AbortError'))
      },
      { once: true },
    )
  })
}

/** Resolves when `event` aborts; rejects when `signal` does. */
function untilAborted(event: AbortSignal, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (event.aborted) return resolve()
    event.addEventListener('abort', () => resolve(), { once: true, signal })
    signal.addEventListener('abort', () => reject(new DOMException('Aborted', 'AbortError')), { once: true })
  })
}
