import { readFileSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { chunkStatements } from '../index/chunks.ts'
import type { EntryContext } from '../entry-resource.ts'
import type { Span } from '../ranges.ts'
import { wholeFile } from '../store/extents.ts'
import { FilePool } from '../store/file-pool.ts'
import { testData } from '../test-support/cache-fixture.ts'
import { createTestContext } from '../test-support/entry-context.ts'
import { ManualClock } from '../test-support/manual-clock.ts'
import { FileBytes } from './file-bytes.ts'
import { FileStorage, type StoredLayout } from './file-storage.ts'

const total = 1000
const chunk = 64
const data = testData(total)

const layoutOf = ({ folder, generation }: EntryContext): StoredLayout => ({
  folder,
  mime: generation.mime,
  extentBytes: generation.extentBytes,
})

function contentOf(storage: FileStorage): Buffer {
  const files: Buffer[] = []
  for (let from = 0; from < total; from += storage.extentBytes)
    files.push(readFileSync(storage.pathOf(storage.indexOf(from))))
  return Buffer.concat(files)
}

/** A disk that fails when told to. */
class FaultyStorage extends FileStorage {
  failWrites = false
  failSyncs = false

  override async write(position: number, pieces: readonly Uint8Array[]): Promise<void> {
    if (this.failWrites) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' })
    return super.write(position, pieces)
  }

  override async sync(spans: readonly Span[]): Promise<void> {
    if (this.failSyncs) throw Object.assign(new Error('input/output'), { code: 'EIO' })
    return super.sync(spans)
  }
}

const position = fc.nat(total - 1)
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('arrive' as const),
      at: position,
      length: fc.integer({ min: 1, max: 300 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('read' as const), at: position }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'flush' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('failWrites' as const), on: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('failSyncs' as const), on: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'wait' as const }) },
)

describe.each([
  ['one file', wholeFile],
  ['extents', 3 * chunk],
])('FileBytes in %s', (_, extentBytes) => {
  it('holds its invariants whatever arrives, is read, and fails', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30, size: 'max' }), async (steps) => {
        const clock = new ManualClock()
        using test = await createTestContext(total, chunk, clock, extentBytes)
        const pool = new FilePool()
        const storage = new FaultyStorage(pool, layoutOf(test.context))
        const bytes = new FileBytes(test.context, storage, [], () => undefined)
        const rows = chunkStatements(test.db)
        const check = (): void => {
          // durable ⊆ written ⊆ arrived, and exactly what has arrived can be read.
          const broken = Array.from({ length: total }, (_, at) => at).filter(
            (at) =>
              (bytes.durable.has(at) && !bytes.written.has(at)) ||
              (bytes.written.has(at) && !bytes.arrived.has(at)) ||
              bytes.isHere(at) !== bytes.arrived.has(at),
          )
          expect(broken).toEqual([])
          expect(rows.sum(1).bytes).toBe(bytes.durable.total)
        }
        for (const next of steps) {
          if (next.kind === 'arrive') {
            await bytes.room.prepare(total)
            bytes.arrive(next.at, data.subarray(next.at, next.at + next.length))
          } else if (next.kind === 'read') {
            const taken = bytes.fromMemory(next.at, total) ?? (await bytes.fromDisk(next.at, total))
            expect(taken === null || data.subarray(next.at).indexOf(taken.data) === 0).toBe(true)
          } else if (next.kind === 'flush') await bytes.flush()
          else if (next.kind === 'failWrites') storage.failWrites = next.on
          else if (next.kind === 'failSyncs') storage.failSyncs = next.on
          else if (next.kind === 'wait') clock.advance(70_000)
          check()
        }
        storage.failWrites = storage.failSyncs = false
        await bytes.close()
        await pool.closeAll()
        // What a restart finds: every row's bytes are the right ones.
        const again = new FileBytes(
          test.context,
          new FileStorage(pool, layoutOf(test.context)),
          rows.all(1),
          () => undefined,
        )
        for (const { start, end } of again.durable.spans)
          for (let at = start; at < end;) {
            const taken = await again.fromDisk(at, end)
            const length = taken?.data.length ?? 0
            expect(length).toBeGreaterThan(0)
            expect(Buffer.from(taken?.data ?? []).equals(data.subarray(at, at + length))).toBe(true)
            at += length
          }
        expect(again.durable.total).toBe(rows.sum(1).bytes)
        await pool.closeAll()
      }),
      { numRuns: 40 },
    )
  })

  it('has all of it in rows when all of it came, in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(
          Array.from({ length: 20 }, (_, at) => at * 50),
          { minLength: 20 },
        ),
        async (starts) => {
          using test = await createTestContext(total, chunk, new ManualClock(), extentBytes)
          const pool = new FilePool()
          const storage = new FileStorage(pool, layoutOf(test.context))
          const bytes = new FileBytes(test.context, storage, [], () => undefined)
          for (const start of starts) {
            await bytes.room.prepare(total)
            bytes.arrive(start, data.subarray(start, start + 50))
          }
          await bytes.flush()
          expect(bytes.isComplete).toBe(true)
          await bytes.close()
          expect(contentOf(storage).equals(data)).toBe(true)
          expect(chunkStatements(test.db).sum(1)).toEqual({ count: Math.ceil(total / chunk), bytes: total })
        },
      ),
      { numRuns: 15 },
    )
  })

  it('keeps what could not be written when it is read again, while it is in memory', async () => {
    const clock = new ManualClock()
    using test = await createTestContext(total, chunk, clock, extentBytes)
    const pool = new FilePool()
    const storage = new FaultyStorage(pool, layoutOf(test.context))
    const bytes = new FileBytes(test.context, storage, [], () => undefined)
    await bytes.room.prepare(total)
    storage.failWrites = true
    bytes.arrive(0, data)
    await bytes.flush()
    expect(bytes.written.total).toBe(0)
    storage.failWrites = false
    expect(bytes.fromMemory(0, total)?.from).toBe('passed-through')
    await bytes.flush()
    expect(bytes.written.total).toBe(0)
    clock.advance(70_000)
    bytes.fromMemory(0, total)
    await vi.waitFor(async () => {
      await bytes.flush()
      expect(bytes.isComplete).toBe(true)
    })
    expect(bytes.fromMemory(0, total)?.from).not.toBe('passed-through')
    await bytes.close()
    expect(contentOf(storage).equals(data)).toBe(true)
  })

  it('finds every flipped bit of an earlier run', async () => {
    using test = await createTestContext(total, chunk, new ManualClock(), extentBytes)
    const pool = new FilePool()
    const storage = new FileStorage(pool, layoutOf(test.context))
    const first = new FileBytes(test.context, storage, [], () => undefined)
    await first.room.prepare(total)
    first.arrive(0, data)
    await first.close()
    const rows = chunkStatements(test.db).all(1)
    await fc.assert(
      fc.asyncProperty(position, fc.nat(7), async (at, bit) => {
        const spoilt = Buffer.from(data)
        spoilt[at] = (spoilt[at] ?? 0) ^ (1 << bit)
        for (let from = 0; from < total; from += extentBytes)
          writeFileSync(storage.pathOf(storage.indexOf(from)), spoilt.subarray(from, from + extentBytes))
        const bytes = new FileBytes(
          { ...test.context, record: () => undefined },
          storage,
          rows,
          () => undefined,
        )
        expect(await bytes.fromDisk(at, total)).toBeNull()
        expect(bytes.arrived.has(at)).toBe(false)
        await pool.closeAll()
      }),
      { numRuns: 20 },
    )
  })
})
