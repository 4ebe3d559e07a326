import { expect, it } from 'vitest'
import { FilePool } from '../store/file-pool.ts'
import { wholeFile } from '../store/extents.ts'
import { FolderStore } from '../store/folder-store.ts'
import { testData } from '../test-support/cache-fixture.ts'
import { ManualClock } from '../test-support/manual-clock.ts'
import { MemoryDisk } from '../test-support/memory-disk.ts'
import { FileStorage } from './file-storage.ts'
import { WriteBehind } from './write-behind.ts'

it('writes what comes at any moment around the end of the last write', async () => {
  const data = testData(200)
  for (let ticks = 0; ticks < 40; ticks += 1) {
    const disk = new MemoryDisk()
    await new FolderStore('/memory', disk).create()
    const layout = { folder: '/memory/store', mime: 'video/mp4', extentBytes: wholeFile }
    const written: number[] = []
    const memory = new WriteBehind(new FileStorage(new FilePool(64, disk), layout), new ManualClock(), {
      prepare: () => Promise.resolve(),
      mayWrite: true,
      onWritten: (start) => void written.push(start),
      onGivenUp: () => undefined,
      onWriteError: () => Promise.resolve('given up'),
      onDropped: () => undefined,
    })
    const ended = Promise.withResolvers<void>()
    disk.step = (call) => {
      if (call === 'written') ended.resolve()
      return Promise.resolve()
    }
    memory.add(0, data.subarray(0, 100), true)
    await ended.promise
    for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve()
    memory.add(100, data.subarray(100), true)
    await new Promise((resolve) => setImmediate(resolve))
    expect(written, `${ticks} ticks`).toEqual([0, 100])
  }
})
