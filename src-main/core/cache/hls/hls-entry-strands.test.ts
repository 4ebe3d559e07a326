import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { checkSegment } from './segment-check.ts'
import { shiftTs } from './shift-ts.ts'
import { HlsRig, never, readAll } from './test-support/hls-rig.ts'
import { makeTsSegments } from './test-support/make-segments.ts'

const count = 12
const segments = makeTsSegments(count, 10)
/** The same pictures, 0.4 s later in the film at every number, with true time stamps. */
const shifted = makeTsSegments(count, 10.4, { startS: 0.4 })
/** The same pictures at every number; the clock runs 8.6 s less ahead. */
const otherClock = makeTsSegments(count, 1.4)
const otherSettings = makeTsSegments(count, 10, { encoder: ['-profile:v', 'main', '-refs', '3', '-bf', '2'] })
/** Cut where the source has key frames. */
const copied = makeTsSegments(count, 10, { keyframeEvery: 30 })

let rig: HlsRig
beforeEach(async () => {
  rig = await HlsRig.start(segments)
})
afterEach(async () => {
  await rig[Symbol.asyncDispose]()
})

const nameOf = (bytes: Uint8Array): string => {
  for (const [name, list] of Object.entries({ segments, shifted, otherClock, otherSettings, copied }))
    for (const [seq, segment] of list.entries()) if (segment.equals(bytes)) return `${name} ${seq}`
  return 'something else'
}

/** What sessions after the first send instead. */
const laterSend = (list: readonly Buffer[]): void => {
  rig.origin.segments = (session, seq) => (session.id.startsWith('session-1-') ? segments : list)[seq]
}

const kept = (numbers: readonly number[]) =>
  vi.waitFor(() => expect(rig.segmentRows().map(({ seq }) => seq)).toEqual(numbers), { timeout: 10_000 })

const fillUp = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) if ((await rig.entry.fill(never)) === 'complete') return
  throw new Error('never complete')
}

const strandsOf = (): number[] => {
  const sql =
    'SELECT COALESCE(strand, id) FROM cache_epochs e JOIN cache_segments s ON s.epoch_id = e.id ORDER BY seq'
  return rig.db.prepare<[], number>(sql).pluck().all()
}

describe.each([
  ['cut elsewhere', shifted, 'shifted'],
  ['with other settings of the encoder', otherSettings, 'otherSettings'],
])('a session %s', (_, list, name) => {
  it('is kept apart: neither loses anything, and the better covered one is there later', async () => {
    laterSend(list)
    {
      using media = rig.open()
      const playlist = await media.playlist(never)
      for (const seq of [0, 1]) await readAll(await media.segment(`${seq}.ts`, never))
      await kept([0, 1])
      for (const seq of [8, 9])
        expect(nameOf(await readAll(await media.segment(`${seq}.ts`, never)))).toBe(`${name} ${seq}`)
      await kept([0, 1, 8, 9])
      expect(await media.playlist(never)).toBe(playlist)
      // A player that goes back sees what it saw, without asking again.
      expect(nameOf(await readAll(await media.segment('8.ts', never)))).toBe(`${name} 8`)
      expect(rig.origin.requestsFor(8)).toBe(1)
    }
    const strands = strandsOf()
    expect(strands[0]).toBe(strands[1])
    expect(strands[2]).toBe(strands[3])
    expect(strands[0]).not.toBe(strands[2])
    await rig.restart()
    expect(rig.entry.present()).toEqual([{ startMs: 0, endMs: 2000 }])
    expect(rig.generation().bytesPresent).toBe(rig.segmentRows().reduce((sum, row) => sum + row.sizeBytes, 0))
    for (const seq of [7, 8, 9, 10]) await rig.read(seq)
    await kept([0, 1, 7, 8, 9, 10])
    await rig.restart()
    expect(rig.entry.present()).toEqual([{ startMs: 7000, endMs: 11_000 }])
    expect(rig.history).toEqual([])
  })

  it('offline, fills holes behind a discontinuity, and mixes nothing without one', async () => {
    laterSend(list)
    for (const seq of [0, 1, 2, 8, 9]) await rig.read(seq)
    await kept([0, 1, 2, 8, 9])
    await rig.restart()
    rig.upstream.reachable = false
    using media = rig.open()
    const playlist = await media.playlist(never)
    const entries = playlist.split('\n').filter((line) => /^#EXT-X-DISCONTINUITY|\.ts$/.test(line))
    const names = entries.filter((line) => line.endsWith('.ts'))
    expect(names).toHaveLength(count)
    // One break, between what the first session's strand has and what the other one's has.
    expect(entries.indexOf('#EXT-X-DISCONTINUITY')).toBe(8)
    expect(entries.filter((line) => line.startsWith('#'))).toHaveLength(1)
    const read = async (seq: number): Promise<string> =>
      nameOf(await readAll(await media.segment(names[seq] ?? '', never)))
    expect(await Promise.all([0, 1, 2, 8, 9].map(read))).toEqual([
      ...['segments 0', 'segments 1', 'segments 2'],
      ...[`${name} 8`, `${name} 9`],
    ])
    await expect(read(5)).rejects.toMatchObject({ code: 'source-unreachable' })
  })

  it('fills the whole title by itself, and what does not go with it is given up with a line', async () => {
    laterSend(list)
    for (const seq of [0, 1]) await rig.read(seq)
    await kept([0, 1])
    const bytes = rig.generation().bytesPresent
    await fillUp()
    expect(rig.history).toMatchObject([{ action: 'replaced', bytes }])
    expect(new Set(strandsOf()).size).toBe(1)
    await rig.restart()
    rig.upstream.reachable = false
    for (let seq = 0; seq < count; seq += 1) expect(nameOf(await rig.read(seq))).toBe(`${name} ${seq}`)
    expect(await rig.files()).toHaveLength(count)
    expect(rig.generation().bytesPresent).toBe(rig.segmentRows().reduce((sum, row) => sum + row.sizeBytes, 0))
  })
})

it('a download ends where sessions go together only now and then', async () => {
  rig.origin.parkAfter = 3
  const lists = [segments, shifted, otherSettings]
  rig.origin.segments = (session, seq) => lists[Number(session.id.split('-')[1]) % lists.length]?.[seq]
  await expect(fillUp()).rejects.toMatchObject({ code: 'bad-reply' })
  const rows = rig.segmentRows()
  expect(rig.generation().bytesPresent).toBe(rows.reduce((sum, row) => sum + row.sizeBytes, 0))
})

describe('a session with another clock', () => {
  it('is set right while it plays, and kept apart as long as that is not proven', async () => {
    laterSend(otherClock)
    using media = rig.open()
    await media.playlist(never)
    for (const seq of [0, 1]) await readAll(await media.segment(`${seq}.ts`, never))
    await kept([0, 1])
    const bytes = await readAll(await media.segment('8.ts', never))
    expect(bytes.equals(segments[8] ?? Buffer.of())).toBe(true)
    await kept([0, 1, 8])
    expect(new Set(strandsOf()).size).toBe(2)
  })

  it('joins a download once its copy of a kept segment was held against that', async () => {
    laterSend(otherClock)
    for (const seq of [0, 1]) await rig.read(seq)
    await kept([0, 1])
    await fillUp()
    expect(rig.origin.requestsFor(1)).toBe(2)
    expect(new Set(strandsOf()).size).toBe(1)
    expect(rig.history).toEqual([])
    rig.upstream.reachable = false
    await rig.restart()
    // Byte for byte what a session with the first one's clock sends.
    for (let seq = 0; seq < count; seq += 1) expect(nameOf(await rig.read(seq))).toBe(`segments ${seq}`)
    const shifts = rig.db
      .prepare<[], number>('SELECT shift_ticks FROM cache_epochs ORDER BY id')
      .pluck()
      .all()
    expect(shifts.at(-1)).toBe(8.6 * 90_000)
  })

  it('is not believed when its copy is not of the same length', async () => {
    // Cut elsewhere, and on another clock.
    laterSend(makeTsSegments(count, 1.4, { keyframeEvery: 30 }))
    for (const seq of [0, 1]) await rig.read(seq)
    await kept([0, 1])
    await expect(fillUp()).rejects.toMatchObject({ code: 'bad-reply' })
    expect(rig.segmentRows().map(({ seq }) => seq)).toEqual([0, 1])
  })

  it('runs over the end of the clock', async () => {
    const turn = 2 ** 33 / 90_000
    const wrapping = segments.map((segment) => Buffer.from(shiftTs(segment, (turn - 15) * 90_000) ?? []))
    const facts = wrapping.map((bytes, seq) => checkSegment('ts', seq, bytes))
    expect(facts.every((fact) => !('refused' in fact))).toBe(true)
    laterSend(wrapping)
    for (const seq of [0, 1]) await rig.read(seq)
    await kept([0, 1])
    await fillUp()
    await rig.restart()
    for (let seq = 0; seq < count; seq += 1) expect(nameOf(await rig.read(seq))).toBe(`segments ${seq}`)
  })
})

describe('a session that copies', () => {
  it('is played and never kept, whatever its playlist says', async () => {
    rig.origin.segments = (_, seq) => copied[seq]
    for (const seq of [0, 1, 2]) expect(nameOf(await rig.read(seq))).toBe(`copied ${seq}`)
    await rig.restart()
    expect(rig.segmentRows()).toEqual([])
    expect(rig.served['passed-through']).toBe(
      [0, 1, 2].reduce((sum, seq) => sum + (copied[seq]?.length ?? 0), 0),
    )
    await expect(fillUp()).rejects.toMatchObject({ code: 'bad-reply' })
    expect(rig.segmentRows()).toEqual([])
  })

  it('adds nothing to what is kept', async () => {
    laterSend(copied)
    for (const seq of [0, 1]) await rig.read(seq)
    await kept([0, 1])
    for (const seq of [4, 5, 6]) expect(nameOf(await rig.read(seq))).toBe(`copied ${seq}`)
    await rig.restart()
    expect(rig.segmentRows().map(({ seq }) => seq)).toEqual([0, 1])
  })
})

describe('a server that lists other segments', () => {
  const relist = (): void => {
    const { playlist } = rig.origin
    rig.origin.playlist = (session) => playlist(session).replace('EXTINF:1.000000', 'EXTINF:0.960000')
  }

  it('is not believed the first time', async () => {
    const { playlist } = rig.origin
    await rig.read(0)
    await rig.restart()
    let asked = 0
    rig.origin.playlist = (session) =>
      (asked += 1) === 1 ? playlist(session).replace('EXTINF:1.000000', 'EXTINF:2.000000') : playlist(session)
    expect(nameOf(await rig.read(5))).toBe('segments 5')
  })

  it('loses nothing: what is kept plays on, the rest begins again by the new list', async () => {
    for (const seq of [0, 1, 2]) await rig.read(seq)
    await rig.restart()
    relist()
    using media = rig.open()
    const before = await media.playlist(never)
    await expect(media.segment('5.ts', never)).rejects.toMatchObject({ code: 'bad-playlist' })
    expect(rig.replaced).toEqual([])
    expect(nameOf(await readAll(await media.segment('1.ts', never)))).toBe('segments 1')
    await expect(media.segment('6.ts', never)).rejects.toMatchObject({ code: 'bad-playlist' })
    const after = await media.playlist(never)
    expect(after).not.toBe(before)
    const fifth = after.split('\n').filter((line) => line.endsWith('.ts'))[5] ?? ''
    expect(fifth).toMatch(/^5-s\d+\.ts$/)
    expect(nameOf(await readAll(await media.segment(fifth, never)))).toBe('segments 5')
    expect(nameOf(await readAll(await media.segment('2.ts', never)))).toBe('segments 2')
    await kept([0, 1, 2, 5])
    expect(rig.history).toEqual([])
  })
})

describe('a playlist that lists more than comes', () => {
  const withTail = (durationS: string): void => {
    const { playlist } = rig.origin
    rig.origin.playlist = (session) =>
      playlist(session).replace('#EXT-X-ENDLIST', `#EXTINF:${durationS},\n00012.ts\n#EXT-X-ENDLIST`)
  }

  it.each(['0.021000', '1.000000'])(
    'is whole without it, offline as well, when %s s never come',
    async (durationS) => {
      withTail(durationS)
      await fillUp()
      expect(rig.segmentRows()).toHaveLength(count)
      await rig.restart()
      rig.upstream.reachable = false
      expect(rig.entry.status().complete).toBe(true)
      using media = rig.open()
      const playlist = await media.playlist(never)
      expect(playlist.match(/\.ts$/gm)).toHaveLength(count)
      await expect(media.segment('12.ts', never)).rejects.toMatchObject({ code: 'unknown-media' })
    },
  )

  it('lets a player that asks for it know that there is none', async () => {
    withTail('0.021000')
    for (const seq of [10, 11]) await rig.read(seq)
    await expect(rig.read(12)).rejects.toMatchObject({ code: 'unknown-media' })
    expect(rig.entry.status().complete).toBe(false)
  })

  it('waits for a last segment that is only slow', async () => {
    rig.origin.script(11, 'not-ready', 'not-ready', 'not-ready', 'not-ready', 'stall')
    await fillUp()
    expect(rig.segmentRows()).toHaveLength(count)
  })
})

it('gives a server that is slow to start the time it takes', async () => {
  // Each session is ready half a second after it began; sessions are given up after 0.3 s at first.
  const begun = new Map<string, number>()
  rig.origin.segments = (session, seq) => {
    if (!begun.has(session.id)) begun.set(session.id, performance.now())
    return performance.now() - (begun.get(session.id) ?? 0) > 500 ? segments[seq] : undefined
  }
  expect(nameOf(await rig.read(3))).toBe('segments 3')
  expect(rig.origin.sessions.length).toBeLessThan(8)
})
