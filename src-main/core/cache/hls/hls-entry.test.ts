import { setTimeout as delay } from 'node:timers/promises'
import { appendFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { SpoolError } from '../../spool-error.ts'
import { HlsRig, never, quickTiming, readAll } from './test-support/hls-rig.ts'
import { makeTsSegments } from './test-support/make-segments.ts'

const segments = makeTsSegments(12, 10)

let rig: HlsRig
const start = async (): Promise<HlsRig> => (rig = await HlsRig.start(segments))

afterEach(async () => {
  await rig[Symbol.asyncDispose]()
})

/** Which segment bytes are, for messages that can be read. */
const nameOf = (bytes: Buffer): string => {
  const seq = segments.findIndex((segment) => segment.equals(bytes))
  return seq < 0 ? 'something else' : `segment ${seq}`
}

const allKept = () => vi.waitFor(() => expect(rig.entry.status().complete).toBe(true), { timeout: 5000 })
const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'came',
    (error: unknown) => (error instanceof SpoolError ? error.code : (error as Error).name),
  )

describe('playing', () => {
  it('gives the whole title with local names, and segments as the server made them', async () => {
    await start()
    using media = rig.open()
    const playlist = await media.playlist(never)
    expect(playlist.match(/^\d+\.ts$/gm)).toHaveLength(12)
    expect(playlist).not.toMatch(/session|secret|http/)
    const elsewhere = await media.playlist(never, 0, '../7/')
    expect(elsewhere.match(/^\.\.\/7\/\d+\.ts$/gm)).toHaveLength(12)
    const body = await media.segment('0.ts', never)
    expect(body).toMatchObject({ mime: 'video/mp2t', sizeBytes: segments[0]!.length })
    expect(nameOf(await readAll(body))).toBe('segment 0')
    expect(nameOf(await readAll(await media.segment('1.ts', never)))).toBe('segment 1')
    expect(rig.origin.sessions).toHaveLength(1)
    expect(rig.served.memory).toBe(segments[0]!.length + segments[1]!.length)
  })

  it('keeps what was played, also across sessions and restarts, and never asks for it again', async () => {
    await start()
    for (const seq of [0, 1, 2]) await rig.read(seq)
    await rig.restart()
    for (const seq of [0, 1, 2, 3]) expect(nameOf(await rig.read(seq))).toBe(`segment ${seq}`)
    expect([0, 1, 2, 3].map((seq) => rig.origin.requestsFor(seq))).toEqual([1, 1, 1, 1])
    expect(rig.origin.sessions.map((session) => session.start)).toEqual([0, 3])
    await vi.waitFor(() => expect(rig.segmentRows()).toHaveLength(4))
    expect(new Set(rig.segmentRows().map((row) => row.epochId)).size).toBe(2)
    expect(rig.generation().bytesPresent).toBe(rig.segmentRows().reduce((sum, row) => sum + row.sizeBytes, 0))
    expect(rig.entry.present()).toEqual([{ startMs: 0, endMs: 4000 }])
    expect(await rig.files()).toEqual(
      rig
        .segmentRows()
        .map((row) => row.file)
        .sort(),
    )
  })

  it('makes the next segments ready before they are asked for, and says what they cover', async () => {
    await start()
    using media = rig.open()
    const kept = { fromMs: 5400, count: 2, isKeptOnly: true }
    expect(await media.hold(kept, never)).toBeNull()
    expect(rig.origin.sessions).toHaveLength(0)
    const held = await media.hold({ fromMs: 5400, count: 2, isKeptOnly: false }, never)
    expect(held).toEqual({ startMs: 5000, endMs: 7000 })
    expect(rig.origin.sessions.map((session) => session.start)).toEqual([5])
    expect(await media.hold(kept, never)).toEqual(held)
    expect(await media.hold({ ...kept, fromMs: 11_500 }, never)).toBeNull()
    expect(await media.hold({ fromMs: 11_500, count: 2, isKeptOnly: false }, never)).toEqual({
      startMs: 11_000,
      endMs: 12_000,
    })
    expect(nameOf(await readAll((await media.keptSegment('6.ts', never))!))).toBe('segment 6')
    expect(await media.keptSegment('7.ts', never)).toBeNull()
    expect([5, 6, 7].map((seq) => rig.origin.requestsFor(seq))).toEqual([1, 1, 0])
  })

  it('finds its place also where the server cuts other segments than it was asked for', async () => {
    await start()
    Object.assign(rig.plan, { segmentMs: 3000 })
    await rig.restart()
    using media = rig.open()
    await media.playlist(never, 7000)
    expect(nameOf(await readAll(await media.segment('6.ts', never)))).toBe('segment 6')
    expect(nameOf(await readAll(await media.segment('7.ts', never)))).toBe('segment 7')
    expect(nameOf(await readAll(await media.segment('11.ts', never)))).toBe('segment 11')
    expect(rig.origin.sessions.map((session) => session.start)).toEqual([6, 11])
  })

  it('plays what is kept while the server is off, and says at once what is not', async () => {
    await start()
    for (const seq of [0, 1]) await rig.read(seq)
    await rig.restart()
    rig.upstream.reachable = false
    await rig.origin.close()
    expect(nameOf(await rig.read(1))).toBe('segment 1')
    using media = rig.open()
    expect(await media.playlist(never)).toContain('11.ts')
    const began = performance.now()
    await expect(media.segment('5.ts', never)).rejects.toMatchObject({
      code: 'source-unreachable',
      retryAfterSeconds: 2,
    })
    expect(performance.now() - began).toBeLessThan(quickTiming.holdMs / 2)
    expect(rig.served.disk).toBe(segments[1]!.length)
  })

  it('answers unknown-media for names that are not in the playlist', async () => {
    await start()
    using media = rig.open()
    await media.playlist(never)
    const names = ['12.ts', '-1.ts', '00.ts', '0.m4s', 'init.mp4', '../0.ts', '0.ts?x=1', '']
    const codes = await Promise.all(names.map((name) => codeOf(media.segment(name, never))))
    expect(codes).toEqual(names.map(() => 'unknown-media'))
  })

  it('starts a session where the player seeks, without reading what lies before', async () => {
    await start()
    await rig.read(0)
    expect(nameOf(await rig.read(9))).toBe('segment 9')
    expect(nameOf(await rig.read(10))).toBe('segment 10')
    expect(rig.origin.sessions.map((session) => session.start)).toEqual([0, 9])
    expect(rig.origin.requests.map(({ seq }) => seq)).toEqual([0, 9, 10])
    await vi.waitFor(() =>
      expect(rig.entry.present()).toEqual([
        { startMs: 0, endMs: 1000 },
        { startMs: 9000, endMs: 11_000 },
      ]),
    )
  })

  it('starts the session for the playlist where the player will begin', async () => {
    await start()
    using media = rig.open()
    expect(await media.playlist(never, 8900)).toContain('11.ts')
    expect(nameOf(await readAll(await media.segment('8.ts', never)))).toBe('segment 8')
    expect(nameOf(await readAll(await media.segment('9.ts', never)))).toBe('segment 9')
    expect(rig.origin.sessions.map((session) => session.start)).toEqual([8])
  })

  it.each([
    [-5000, 0],
    [999_999_999, 11],
  ])('a beginning outside the title, at %i ms, is brought into it', async (startMs, expected) => {
    await start()
    using media = rig.open()
    await media.playlist(never, startMs)
    expect(rig.origin.sessions.map((session) => session.start)).toEqual([expected])
  })

  it('asks the server once for what many wait for, and for one thing at a time', async () => {
    await start()
    using media = rig.open()
    await media.playlist(never)
    const bodies = await Promise.all(
      [3, 3, 3, 0, 1, 2, 1].map(async (seq) =>
        nameOf(await readAll(await media.segment(`${seq}.ts`, never))),
      ),
    )
    expect(bodies).toEqual([3, 3, 3, 0, 1, 2, 1].map((seq) => `segment ${seq}`))
    expect(rig.origin.requests).toHaveLength(4)
    expect(rig.origin.mostAtOnce).toBe(1)
  })

  it('drops what was given up before it reaches the server', async () => {
    await start()
    using media = rig.open()
    await media.playlist(never)
    const release = rig.origin.hold(0)
    const first = media.segment('0.ts', never)
    const seeks = [4, 5, 6, 7, 8].map((seq) => {
      const abort = new AbortController()
      return { abort, outcome: codeOf(media.segment(`${seq}.ts`, abort.signal)) }
    })
    for (const { abort } of seeks) abort.abort()
    expect(await Promise.all(seeks.map(({ outcome }) => outcome))).toEqual(Array(5).fill('AbortError'))
    const last = media.segment('10.ts', never)
    release()
    expect(nameOf(await readAll(await first))).toBe('segment 0')
    expect(nameOf(await readAll(await last))).toBe('segment 10')
    expect(rig.origin.requests.map(({ seq }) => seq)).toEqual([0, 10])
  })

  it('leaves a segment nobody waits for when another is wanted', async () => {
    await start()
    rig.timing = { ...quickTiming, replyMs: 60_000, fillFirstMs: 60_000, fillNextMs: 60_000 }
    await rig.restart()
    using media = rig.open()
    await media.playlist(never)
    rig.origin.hold(0)
    const abort = new AbortController()
    const given = codeOf(media.segment('0.ts', abort.signal))
    await vi.waitFor(() => expect(rig.origin.requestsFor(0)).toBe(1))
    abort.abort()
    expect(nameOf(await readAll(await media.segment('10.ts', never)))).toBe('segment 10')
    expect(await given).toBe('AbortError')
  })

  it('ends the session some time after the last reader, and not before', async () => {
    await start()
    {
      using media = rig.open()
      await media.playlist(never)
      await readAll(await media.segment('0.ts', never))
      await delay(quickTiming.graceMs * 2)
      expect(rig.origin.liveSessions).toBe(1)
      expect(rig.entry.isBusy).toBe(true)
    }
    expect(rig.entry.readerCount).toBe(0)
    await vi.waitFor(() => expect(rig.origin.liveSessions).toBe(0))
    await vi.waitFor(() => expect(rig.entry.isBusy).toBe(false))
    expect(rig.idleCalls).toBeGreaterThan(1)
  })
})

describe('a server that misbehaves', () => {
  it.each([
    ['is not ready', ['not-ready', 'not-ready', 'not-ready', 'not-ready']],
    ['sends an empty packet', ['blank', 'blank']],
    ['breaks off in the middle', ['truncated']],
    ['sends a web page', ['page', 'page']],
    ['does not answer', ['stall']],
    ['stops in the middle', ['stall-midway']],
    ['resets the connection', ['reset', 'reset', 'reset', 'reset']],
    ['ended the session', ['session-ended']],
    ['does all of it', ['not-ready', 'page', 'reset', 'blank', 'session-ended', 'stall-midway']],
  ] as const)('holds the request until the segment is there when it %s', async (_, faults) => {
    await start()
    using media = rig.open()
    await media.playlist(never)
    rig.origin.script(2, ...faults)
    expect(nameOf(await readAll(await media.segment('2.ts', never)))).toBe('segment 2')
    expect(nameOf(await readAll(await media.segment('3.ts', never)))).toBe('segment 3')
    await vi.waitFor(() => expect(rig.segmentRows().map(({ seq }) => seq)).toEqual([2, 3]))
  })

  it.each([
    ['says no', undefined],
    ['sends empty packets', segments[2]!.subarray(0, 188)],
    ['sends half segments', segments[2]!.subarray(0, 2000)],
  ])('begins another session where one only %s from some point on', async (_, instead) => {
    await start()
    rig.origin.segments = (session, seq) =>
      session.id.startsWith('session-1-') && seq >= 2 ? instead : segments[seq]
    for (const seq of [0, 1, 2, 3]) expect(nameOf(await rig.read(seq))).toBe(`segment ${seq}`)
    expect(rig.origin.sessions.map((session) => session.start)).toEqual([0, 2])
  })

  it('gives up after the hold, says when to ask again, and goes on then', async () => {
    await start()
    rig.timing = { ...quickTiming, holdMs: 200 }
    await rig.restart()
    using media = rig.open()
    await media.playlist(never)
    // Nor is what comes after it: the server is slow, and has not left it out.
    for (const seq of [2, 3]) rig.origin.script(seq, ...Array<'not-ready'>(500).fill('not-ready'))
    await expect(media.segment('2.ts', never)).rejects.toMatchObject({
      code: 'source-unreachable',
      retryAfterSeconds: 2,
    })
    rig.origin.script(2)
    expect(nameOf(await readAll(await media.segment('2.ts', never)))).toBe('segment 2')
    expect(rig.origin.sessions.length).toBeLessThan(20)
  })

  it.each([
    ['nothing', ''],
    ['a web page', '<html></html>'],
    ['a list of variants', '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nbase/index.m3u8\n'],
    ['a live playlist', '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n0.ts\n'],
    [
      'an encrypted one',
      '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-KEY:METHOD=AES-128,URI="k"\n#EXTINF:1,\n0.ts\n#EXT-X-ENDLIST\n',
    ],
  ])('says bad-playlist for %s', async (_, text) => {
    await start()
    rig.origin.playlist = () => text
    using media = rig.open()
    expect(await codeOf(media.playlist(never))).toBe('bad-playlist')
    await vi.waitFor(() => expect(rig.origin.liveSessions).toBe(0))
    rig.origin.playlist = () => '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n0.ts\n#EXT-X-ENDLIST\n'
    expect(await media.playlist(never)).toContain('0.ts')
  })

  it('ends every wait at once when the source is seen to be gone', async () => {
    await start()
    using media = rig.open()
    await media.playlist(never)
    rig.origin.hold(0)
    const waiting = [0, 1, 7].map((seq) => codeOf(media.segment(`${seq}.ts`, never)))
    await vi.waitFor(() => expect(rig.origin.requestsFor(0)).toBe(1))
    rig.upstream.reachable = false
    rig.entry.onReachabilityChange(false)
    expect(await Promise.all(waiting)).toEqual(Array(3).fill('source-unreachable'))
  })
})

describe('filling', () => {
  it('fetches everything in order, and says so once', async () => {
    await start()
    rig.timing = { ...quickTiming, fillFirstMs: 60_000, fillNextMs: 60_000 }
    await rig.restart()
    expect(await rig.entry.fill(never)).toBe('complete')
    expect(rig.origin.requests.map(({ seq }) => seq)).toEqual([...segments.keys()])
    expect(rig.origin.sessions).toMatchObject([{ purpose: 'fill', start: 0 }])
    const bytes = segments.reduce((sum, segment) => sum + segment.length, 0)
    expect(rig.entry.status()).toEqual({
      bytesPresent: bytes,
      bytesTotal: bytes,
      bytesTotalIsEstimate: false,
      complete: true,
    })
    expect(rig.generation()).toMatchObject({ bytesPresent: bytes, completedAt: expect.any(Number) as number })
    expect(rig.history).toEqual([])
    expect(rig.entry.present()).toEqual([{ startMs: 0, endMs: 12_000 }])
    expect(await rig.entry.fill(never)).toBe('complete')
    await vi.waitFor(() => expect(rig.origin.liveSessions).toBe(0))
  })

  it('fetches only what is missing', async () => {
    await start()
    rig.timing = { ...quickTiming, fillFirstMs: 60_000, fillNextMs: 60_000, replyMs: 60_000 }
    await rig.restart()
    for (const seq of [2, 3, 7]) await rig.read(seq)
    expect(await rig.entry.fill(never)).toBe('complete')
    expect(rig.origin.requests).toHaveLength(12)
  })

  it('goes from session to session where the encoder stops ahead of a player that is not there', async () => {
    await start()
    rig.origin.parkAfter = 5
    expect(await rig.entry.fill(never)).toBe('complete')
    expect(rig.origin.sessions.map((session) => session.start)).toEqual([0, 5, 10])
  })

  it('waits while something plays live, and goes on later', async () => {
    await start()
    rig.origin.isPlayingElsewhere = true
    expect(await rig.entry.fill(never)).toEqual({
      parked: 'server-paces',
      retryAfterMs: quickTiming.fillBusyMs,
    })
    rig.origin.isPlayingElsewhere = false
    expect(await rig.entry.fill(never)).toBe('complete')
  })

  it('pauses longer and longer while sessions bring nothing', async () => {
    await start()
    rig.origin.parkAfter = 0
    const pauses = []
    for (let turn = 0; turn < 4; turn += 1) {
      const result = await rig.entry.fill(never)
      pauses.push(result === 'complete' ? null : result.retryAfterMs)
    }
    expect(pauses).toEqual([20, 40, 80, 100])
  })

  it('parks while the source is off or the disk is full', async () => {
    await start()
    rig.upstream.reachable = false
    expect(await rig.entry.fill(never)).toMatchObject({ parked: 'source-unreachable' })
    rig.upstream.reachable = true
    rig.hasRoom = false
    expect(await rig.entry.fill(never)).toMatchObject({ parked: 'disk-full' })
    expect(nameOf(await rig.read(4))).toBe('segment 4')
    expect(rig.segmentRows()).toEqual([])
  })

  it('stops when told, and leaves no session', async () => {
    await start()
    rig.origin.hold(4)
    const abort = new AbortController()
    const filling = codeOf(rig.entry.fill(abort.signal))
    await vi.waitFor(() => expect(rig.origin.requestsFor(4)).toBe(1))
    abort.abort()
    expect(await filling).toBe('AbortError')
    await vi.waitFor(() => expect(rig.origin.liveSessions).toBe(0))
    await vi.waitFor(() => expect(rig.segmentRows()).toHaveLength(4))
  })

  it('makes way for a player of the same title, and goes on after it', async () => {
    await start()
    rig.timing = { ...quickTiming, replyMs: 60_000, fillFirstMs: 60_000, fillNextMs: 60_000 }
    await rig.restart()
    rig.origin.hold(2)
    const first = rig.entry.fill(never)
    await vi.waitFor(() => expect(rig.origin.requestsFor(2)).toBe(1))
    {
      using media = rig.open()
      expect(nameOf(await readAll(await media.segment('9.ts', never)))).toBe('segment 9')
      expect(await first).toEqual({ parked: 'server-paces', retryAfterMs: quickTiming.fillBusyMs })
    }
    rig.origin.hold(2)()
    await vi.waitFor(() => expect(rig.entry.isBusy).toBe(false))
    expect(await rig.entry.fill(never)).toBe('complete')
  })

  it('keeps out of the way of a player while it may not read on', async () => {
    await start()
    rig.isGateShut = true
    const abort = new AbortController()
    const filling = codeOf(rig.entry.fill(abort.signal))
    expect(await Promise.all([0, 7].map(async (seq) => nameOf(await rig.read(seq))))).toEqual([
      'segment 0',
      'segment 7',
    ])
    expect(rig.origin.sessions.map(({ purpose }) => purpose)).not.toContain('fill')
    abort.abort()
    expect(['AbortError', 'came']).toContain(await filling)
  })

  it('is complete as well when the last missing segment was played', async () => {
    await start()
    for (const seq of [...segments.keys()].toReversed()) await rig.read(seq)
    await allKept()
    expect(rig.history).toEqual([])
    await vi.waitFor(() => expect(rig.origin.liveSessions).toBe(0))
  })
})

describe('files', () => {
  it.each([
    ['changed', (path: string) => writeFileSync(path, Buffer.alloc(segments[1]!.length, 0x47))],
    ['cut', (path: string) => truncateSync(path, 188)],
    ['grown', (path: string) => appendFileSync(path, 'x')],
    ['deleted', (path: string) => rmSync(path)],
  ])('fetches a segment again whose file was %s', async (_, damage) => {
    await start()
    expect(await rig.entry.fill(never)).toBe('complete')
    await rig.restart()
    damage(join(rig.folder, rig.segmentRows()[1]!.file))
    expect(nameOf(await rig.read(1))).toBe('segment 1')
    expect(rig.history).toMatchObject([{ action: 'damaged', bytes: segments[1]!.length }])
    await allKept()
    expect(await rig.files()).toEqual(
      rig
        .segmentRows()
        .map(({ file }) => file)
        .sort(),
    )
  })

  it('forgets a damaged segment while the server is off, and keeps the rest', async () => {
    await start()
    expect(await rig.entry.fill(never)).toBe('complete')
    await rig.restart()
    rig.upstream.reachable = false
    writeFileSync(join(rig.folder, rig.segmentRows()[1]!.file), 'damaged')
    expect(await codeOf(rig.read(1))).toBe('source-unreachable')
    expect(nameOf(await rig.read(2))).toBe('segment 2')
    expect(rig.generation()).toMatchObject({ completedAt: null })
    expect(rig.segmentRows()).toHaveLength(11)
  })

  it('loses no row while the cache disk is not connected, plays from the server, and says so without it', async () => {
    await start()
    expect(await rig.entry.fill(never)).toBe('complete')
    await rig.restart()
    const away = `${rig.root}-away`
    renameSync(rig.root, away)
    expect(nameOf(await rig.read(1))).toBe('segment 1')
    rig.upstream.reachable = false
    expect(await codeOf(rig.read(1))).toBe('cache-disk-missing')
    renameSync(away, rig.root)
    expect(rig.segmentRows()).toHaveLength(12)
    expect(nameOf(await rig.read(1))).toBe('segment 1')
    expect(rig.history).toEqual([])
  })

  it('plays on without keeping when the disk fails', async () => {
    await start()
    writeFileSync(rig.folder, 'a file where the folder should be')
    expect(nameOf(await rig.read(0))).toBe('segment 0')
    await vi.waitFor(() => expect(rig.diskErrors).toHaveLength(1))
    expect(await rig.entry.fill(never)).toMatchObject({ parked: 'disk-full' })
    expect(rig.segmentRows()).toEqual([])
    expect(rig.generation().bytesPresent).toBe(0)
  })

  it('deletes what a run that died left behind', async () => {
    await start()
    await rig.read(0)
    await rig.restart()
    writeFileSync(join(rig.folder, 's/v-9-9.ts'), 'half')
    writeFileSync(join(rig.folder, 's/v-9-9.ts.part'), 'half')
    await rig.read(5)
    await rig.entry.close()
    expect(await rig.files()).toEqual(
      rig
        .segmentRows()
        .map(({ file }) => file)
        .sort(),
    )
  })
})

describe('the end', () => {
  it('cancels readers and sessions when closed', async () => {
    await start()
    const media = rig.open()
    await media.playlist(never)
    rig.origin.hold(0)
    const waiting = codeOf(media.segment('0.ts', never))
    await vi.waitFor(() => expect(rig.origin.requestsFor(0)).toBe(1))
    await rig.entry.close()
    expect(await waiting).toBe('cancelled')
    expect(await codeOf(media.playlist(never))).toBe('cancelled')
  })

  it('writes no row once it is retired, plays on for who has it open, and resolves after', async () => {
    await start()
    const media = rig.open()
    await media.playlist(never)
    await readAll(await media.segment('0.ts', never))
    await vi.waitFor(() => expect(rig.segmentRows()).toHaveLength(1))
    let isGone = false
    const retired = rig.entry.retire(false, 'cancelled').then(() => (isGone = true))
    expect(nameOf(await readAll(await media.segment('0.ts', never)))).toBe('segment 0')
    expect(nameOf(await readAll(await media.segment('1.ts', never)))).toBe('segment 1')
    expect(isGone).toBe(false)
    media[Symbol.dispose]()
    await retired
    expect(rig.segmentRows()).toHaveLength(1)
    expect(await rig.files()).toHaveLength(1)
  })

  it('ends readers with the reason when it is retired by force', async () => {
    await start()
    const media = rig.open()
    await media.playlist(never)
    const body = await media.segment('0.ts', never)
    await rig.entry.retire(true, 'bad-reply')
    expect(await codeOf(body.reader.read())).toBe('bad-reply')
    expect(await codeOf(media.segment('1.ts', never))).toBe('bad-reply')
    media[Symbol.dispose]()
  })
})
