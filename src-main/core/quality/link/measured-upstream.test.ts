import { expect, it } from 'vitest'
import type { CacheKey } from '../../../../src-preload/contract/index.ts'
import { ManualClock } from '../../cache/test-support/manual-clock.ts'
import type { HlsPlan, HlsSession, MediaUpstream, UpstreamReply } from '../../cache/upstream.ts'
import { LinkMeter } from './link-meter.ts'
import { measureUpstream } from './measured-upstream.ts'

const mebibyte = 1024 * 1024
const key = { sourceId: 's', mediaId: '1:2:3', quality: '720p-4000k' } as unknown as CacheKey
const plan = { kind: 'hls', segmentMs: 3000 } as HlsPlan

/** An upstream whose replies begin after `preparedMs` and come in eight pieces, each after `pieceMs`. */
function rig(headers: Readonly<Record<string, string>>, preparedMs: number, pieceMs: number) {
  const clock = new ManualClock()
  const meter = new LinkMeter(clock)
  let closed = 0
  let discarded = 0
  const reply = (): UpstreamReply => ({
    status: 200,
    headers,
    discard: () => void (discarded += 1),
    body: (async function* () {
      try {
        for (let piece = 0; piece < 8; piece++) {
          clock.advance(pieceMs)
          yield new Uint8Array(mebibyte / 8)
        }
      } finally {
        closed += 1
      }
    })(),
  })
  const session = {
    sessionId: 'x',
    playlist: '#EXTM3U',
    ended: new AbortController().signal,
    fetchSegment: () => (clock.advance(preparedMs), Promise.resolve(reply())),
    stop: () => Promise.resolve(),
  } satisfies HlsSession
  const upstream = measureUpstream(
    {
      openSession: () => Promise.resolve(session),
      fetchBytes: () => Promise.resolve(reply()),
    } as unknown as MediaUpstream,
    () => meter,
  )
  return { upstream, meter, counts: () => ({ closed, discarded }) }
}

async function segment(upstream: MediaUpstream): Promise<UpstreamReply> {
  const { signal } = new AbortController()
  const session = await upstream.openSession(key, plan, 0, 'play', signal)
  if (session === 'busy') throw new Error('never here')
  return session.fetchSegment('0.ts', signal)
}

it('hands on every byte, and measures the link without the server’s preparing', async () => {
  const { upstream, meter, counts } = rig({ 'content-length': `${mebibyte}` }, 6000, 100)
  let bytes = 0
  for await (const piece of (await segment(upstream)).body) bytes += piece.length
  expect(bytes).toBe(mebibyte)
  // An eighth of a mebibyte in a tenth of a second.
  expect(meter.estimate?.kbps).toBe(Math.round(((mebibyte / 8) * 8) / 100))
  expect(meter.preparingPace).toBeCloseTo(2)
  expect(counts()).toEqual({ closed: 1, discarded: 0 })
})

it('closes what is broken off, and discards what is not read', async () => {
  const { upstream, counts } = rig({ 'content-length': `${mebibyte}` }, 0, 10)
  for await (const piece of (await segment(upstream)).body) if (piece.length > 0) break
  expect(counts()).toEqual({ closed: 1, discarded: 0 })
  ;(await segment(upstream)).discard()
  expect(counts()).toEqual({ closed: 1, discarded: 1 })
})

it('learns nothing of the link from a piece that is sent while it is made', async () => {
  const { upstream, meter } = rig({}, 0, 400)
  for await (const piece of (await segment(upstream)).body) expect(piece.length).toBeGreaterThan(0)
  expect(meter.estimate).toBeNull()
})
