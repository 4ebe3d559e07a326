import { expect, it, vi } from 'vitest'
import { HlsRig, never, readAll } from './test-support/hls-rig.ts'
import { makeFmp4Segments } from './test-support/make-segments.ts'

const { init, segments } = makeFmp4Segments(8)

it('plays, keeps and completes fMP4, its initialisation part first', async () => {
  await using rig = await HlsRig.start(segments, init)
  {
    using media = rig.open()
    expect(await media.playlist(never)).toContain('#EXT-X-MAP:URI="init.mp4"')
    expect((await readAll(await media.segment('init.mp4', never))).equals(init)).toBe(true)
    const body = await media.segment('5.m4s', never)
    expect(body.mime).toBe('video/mp4')
    expect((await readAll(body)).equals(segments[5]!)).toBe(true)
    await vi.waitFor(() => expect(rig.segmentRows().map(({ seq }) => seq)).toEqual([-1, 5]))
  }
  await rig.restart()
  expect(await rig.entry.fill(never)).toBe('complete')
  expect(rig.segmentRows()).toHaveLength(9)
  expect(rig.history).toEqual([])
  rig.upstream.reachable = false
  await rig.restart()
  using media = rig.open()
  for (const [seq, segment] of segments.entries())
    expect((await readAll(await media.segment(`${seq}.m4s`, never))).equals(segment)).toBe(true)
})

it('never mixes segments of another initialisation part', async () => {
  await using rig = await HlsRig.start(segments, init)
  const other = Buffer.from(init)
  // The creation time in mvhd: harmless, and other bytes.
  const at = other.indexOf('mvhd') + 11
  other[at] = (other[at] ?? 0) ^ 1
  rig.origin.segments = (session, seq) =>
    seq >= 0 ? segments[seq] : session.id.startsWith('session-1-') ? init : other
  using media = rig.open()
  await media.playlist(never)
  await readAll(await media.segment('0.m4s', never))
  await vi.waitFor(() => expect(rig.segmentRows().map(({ seq }) => seq)).toEqual([-1, 0]))
  await readAll(await media.segment('6.m4s', never))
  // Each session's segments lie beside its own initialisation part.
  await vi.waitFor(() => expect(rig.segmentRows().map(({ seq }) => seq)).toEqual([-1, -1, 0, 6]))
  expect(new Set(rig.segmentRows().map(({ epochId }) => epochId)).size).toBe(2)
  await rig.restart()
  expect(await rig.entry.fill(never)).toBe('complete')
  expect(rig.segmentRows()).toHaveLength(9)
  expect(rig.history).toMatchObject([{ action: 'replaced' }])
})
