import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asMediaId, asQuality, asSourceId } from '../../../src-preload/contract/index.ts'
import type { CacheStream } from '../cache/handle.ts'
import { createStreamUrls } from './stream-urls.ts'

const secret = new Uint8Array(32).fill(9)
const stream = (entryId: number, more: Partial<CacheStream> = {}): CacheStream => ({
  entryId,
  key: { sourceId: asSourceId('s'), mediaId: asMediaId('1:2:3'), quality: asQuality('original') },
  kind: 'file',
  mime: 'video/x-matroska',
  complete: false,
  bytesPresent: 5,
  bytesTotal: 10,
  bytesTotalIsEstimate: false,
  ...more,
})
const tokenIn = (externalUrl: string | null): string => externalUrl?.split('/').at(-2) ?? ''

describe('stream URLs', () => {
  it('names a file by its type and a playlist by convention', () => {
    const urls = createStreamUrls({ secret, getExternalBase: () => 'http://127.0.0.1:4870' })
    expect(urls.toStream(stream(7))).toEqual({
      url: '/media/7/file.mkv',
      externalUrl: expect.stringMatching(
        /^http:\/\/127\.0\.0\.1:4870\/x\/7\/[\w-]{32}\/file\.mkv$/,
      ) as string,
      kind: 'file',
      quality: 'original',
      mime: 'video/x-matroska',
      complete: false,
      bytesPresent: 5,
      bytesTotal: 10,
      bytesTotalIsEstimate: false,
    })
    const hls = urls.toStream(stream(8, { kind: 'hls', mime: 'application/vnd.apple.mpegurl' }))
    expect(hls.url).toBe('/media/8/index.m3u8')
    expect(hls.externalUrl).toMatch(/\/x\/8\/[\w-]{32}\/index\.m3u8$/)
  })

  it('has no external URL while external players are off', () => {
    let base: string | null = null
    const urls = createStreamUrls({ secret, getExternalBase: () => base })
    expect(urls.toStream(stream(7)).externalUrl).toBeNull()
    base = 'http://127.0.0.1:1'
    expect(urls.toStream(stream(7)).externalUrl).not.toBeNull()
  })

  it('opens one entry and nothing else', () => {
    const urls = createStreamUrls({ secret, getExternalBase: () => 'http://h' })
    const other = createStreamUrls({ secret: new Uint8Array(32), getExternalBase: () => 'http://h' })
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.string(), (entryId, otherId, noise) => {
        const token = tokenIn(urls.toStream(stream(entryId)).externalUrl)
        expect(urls.isTokenOf(entryId, token)).toBe(true)
        expect(urls.isTokenOf(otherId, token)).toBe(otherId === entryId)
        expect(other.isTokenOf(entryId, token)).toBe(false)
        expect(urls.isTokenOf(entryId, noise)).toBe(false)
        expect(urls.isTokenOf(entryId, `${token}=`)).toBe(false)
      }),
    )
  })
})
