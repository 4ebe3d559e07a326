import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MemoryBlocks, type Block } from './memory-blocks.ts'

const block = (start: number, length: number, state: Block['state']): Block => ({
  start,
  data: Buffer.alloc(length, start & 0xff),
  state,
})

describe('MemoryBlocks', () => {
  it('finds exactly the bytes it holds', () => {
    const layout = fc.array(
      fc.record({ gap: fc.nat(3), length: fc.integer({ min: 1, max: 5 }), order: fc.nat() }),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(layout, (pieces) => {
        let at = 0
        const placed = pieces.map(({ gap, length, order }) => {
          const start = at + gap
          at = start + length
          return { start, length, order }
        })
        const blocks = new MemoryBlocks()
        for (const { start, length } of placed.toSorted((a, b) => a.order - b.order))
          blocks.add(block(start, length, 'queued'))
        for (let position = 0; position < at + 2; position += 1) {
          const expected = placed.find(({ start, length }) => position >= start && position < start + length)
          expect(blocks.find(position)?.start).toBe(expected?.start)
        }
        expect(blocks.queuedBytes).toBe(placed.reduce((sum, { length }) => sum + length, 0))
      }),
    )
  })

  it('writes neighbours together, in the order they came', () => {
    const blocks = new MemoryBlocks()
    for (const start of [0, 10, 20, 100, 110]) blocks.add(block(start, 10, 'queued'))
    const run = blocks.nextRun(1000)
    expect(run.map(({ start }) => start)).toEqual([0, 10, 20])
    expect(blocks.nextRun(20).map(({ start }) => start)).toEqual([0, 10])
    blocks.settle(run, 'written')
    expect(blocks.queuedBytes).toBe(20)
    expect(blocks.retainedBytes).toBe(30)
    expect(blocks.nextRun(1).map(({ start }) => start)).toEqual([100])
  })

  it('drops the oldest, never what waits for the disk, and says what is gone for good', () => {
    const blocks = new MemoryBlocks()
    blocks.add(block(0, 10, 'passing'))
    blocks.add(block(10, 10, 'written'))
    blocks.add(block(20, 10, 'passing'))
    blocks.add(block(30, 10, 'queued'))
    expect(blocks.trim(15)).toEqual([{ start: 0, end: 10 }])
    expect(blocks.find(5)).toBeNull()
    expect(blocks.find(15)).toBeNull()
    expect(blocks.trim(0)).toEqual([{ start: 20, end: 30 }])
    expect(blocks.find(35)?.start).toBe(30)
  })

  it('queues what was passing, and nothing else', () => {
    const blocks = new MemoryBlocks()
    const [passing, written, gone] = [
      block(20, 10, 'passing'),
      block(10, 10, 'written'),
      block(0, 10, 'passing'),
    ]
    for (const each of [gone, written, passing]) blocks.add(each)
    blocks.trim(20)
    for (const each of [gone, written, passing]) blocks.requeue(each)
    expect(blocks.nextRun(100)).toEqual([passing])
    expect([blocks.queuedBytes, blocks.retainedBytes]).toEqual([10, 10])
    blocks.settle([passing], 'written')
    expect(blocks.trim(0)).toEqual([])
  })
})
