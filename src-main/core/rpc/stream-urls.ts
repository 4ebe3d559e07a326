import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Stream } from '../../../src-preload/contract/index.ts'
import type { CacheStream } from '../cache/handle.ts'

export interface StreamUrlsOptions {
  /** At least 32 random bytes, made once per data folder or per run. */
  readonly secret: Uint8Array
  /** Origin for external players such as `http://127.0.0.1:4870`; null while they are switched off. */
  readonly getExternalBase: () => string | null
}

/** Where entries are reached: on the page's origin, and with a token that opens one entry and nothing else. */
export interface StreamUrls {
  toStream(stream: CacheStream): Stream
  /** Compares in constant time. */
  isTokenOf(entryId: number, token: string): boolean
}

const extensions: Readonly<Record<string, string>> = {
  'video/mp4': 'mp4',
  'video/x-m4v': 'm4v',
  'video/quicktime': 'mov',
  'video/x-matroska': 'mkv',
  'video/webm': 'webm',
  'video/x-msvideo': 'avi',
  'video/avi': 'avi',
  'video/mp2t': 'ts',
  'video/mpeg': 'mpg',
}

export function createStreamUrls({ secret, getExternalBase }: StreamUrlsOptions): StreamUrls {
  // 192 of the 256 bits: short in a URL, far beyond guessing.
  const tokenOf = (entryId: number): Buffer =>
    createHmac('sha256', secret).update(`entry:${entryId}`).digest().subarray(0, 24)

  return {
    toStream(stream) {
      const file = stream.kind === 'hls' ? 'index.m3u8' : `file.${extensions[stream.mime] ?? 'bin'}`
      const base = getExternalBase()
      const token = tokenOf(stream.entryId).toString('base64url')
      return {
        url: `/media/${stream.entryId}/${file}`,
        externalUrl: base === null ? null : `${base}/x/${stream.entryId}/${token}/${file}`,
        kind: stream.kind,
        quality: stream.key.quality,
        mime: stream.mime,
        complete: stream.complete,
        bytesPresent: stream.bytesPresent,
        bytesTotal: stream.bytesTotal,
        bytesTotalIsEstimate: stream.bytesTotalIsEstimate,
      }
    },
    isTokenOf(entryId, token) {
      const expected = tokenOf(entryId)
      const given = Buffer.from(token, 'base64url')
      // The spelling counts too: base64url reads several texts as the same bytes.
      return (
        given.length === expected.length &&
        timingSafeEqual(given, expected) &&
        token === expected.toString('base64url')
      )
    },
  }
}
