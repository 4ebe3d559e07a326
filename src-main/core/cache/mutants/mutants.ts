import { fillMutants } from './fill-mutants.ts'

/** A change of the source that puts one defect in. */
interface Edit {
  /** Below `src-main/core/cache/`. */
  readonly file: string
  /** Stands there exactly once. */
  readonly find: string
  readonly put: string
}

/** A defect that other caches had, and the tests that must fail with it. `scripts/teeth.ts` tries them. */
export interface Mutant {
  readonly id: string
  readonly defect: string
  readonly edits: readonly Edit[]
  /** Below `src-main/core/cache/`. */
  readonly tests: readonly string[]
}

/** Numbers are those of the list of defects that the engine was designed against; letters are variants. */
export const mutants: readonly Mutant[] = [
  {
    id: 'R1',
    defect: 'the last chunk is taken for a whole one, and is never there',
    edits: [
      {
        file: 'file/byte-map.ts',
        find: 'clip(idx * size, (idx + 1) * size, this.#total)',
        put: '{ start: idx * size, end: (idx + 1) * size }',
      },
    ],
    tests: ['file/file-bytes.test.ts'],
  },
  {
    id: 'R2',
    defect: 'a transfer that ended keeps its place, and nobody is told',
    edits: [
      { file: 'file/transfer-set.ts', find: '      this.#transfers.delete(transfer)\n', put: '' },
      { file: 'file/transfer-set.ts', find: '      onEnd(outcome)\n', put: '      void [onEnd, outcome]\n' },
    ],
    tests: ['file/file-entry.test.ts'],
  },
  {
    id: 'R3',
    defect: 'a reader looks first and registers later, and misses what comes in between',
    edits: [
      {
        file: 'file/file-reader.ts',
        find: '    const waiter = Promise.withResolvers<void>()\n',
        put: `    this.#waitingSince = this.#context.clock.monotonicMs()
    this.#fetcher.look()
    await new Promise((resolve) => setImmediate(resolve))
    const waiter = Promise.withResolvers<void>()
`,
      },
      {
        file: 'file/file-reader.ts',
        find: "    assert(!this.#bytes.arrived.has(this.#position), 'arrived bytes are in memory or on the disk')\n",
        put: '    void assert\n',
      },
      {
        file: 'file/file-reader.ts',
        find: '    this.#fetcher.look()\n    await waiter.promise\n',
        put: '    await waiter.promise\n',
      },
    ],
    tests: ['model/model.test.ts'],
  },
  {
    id: 'R4',
    defect: 'a failure ends a reader and does not wake it',
    edits: [
      {
        file: 'file/file-reader.ts',
        find: '    this.#finish()\n    this.#waiter?.resolve()\n',
        put: '    this.#finish()\n',
      },
    ],
    tests: ['file/faults.test.ts'],
  },
  {
    id: 'R5',
    defect: 'downloads of one priority run last in, first out',
    edits: [
      {
        file: 'index/downloads.ts',
        find: 'is_paused = 0 ORDER BY priority, position',
        put: 'is_paused = 0 ORDER BY priority, position DESC',
      },
    ],
    tests: ['file-cache.test.ts'],
  },
  {
    id: 'R6',
    defect: 'each reader of a range fetches its own copy',
    edits: [
      {
        file: 'file/fetch-wishes.ts',
        find: '      if (transfer === undefined) return at\n',
        put: '      return at\n',
      },
      {
        file: 'file/fetch-wishes.ts',
        find: ' || this.isComing(at)) return null\n',
        put: ') return null\n',
      },
    ],
    tests: ['file/file-entry.test.ts'],
  },
  {
    id: 'R7',
    defect: 'the whole file is taken for the part that was asked for',
    edits: [
      {
        file: 'file/reply.ts',
        find: "  if (asked.start !== 0) return { action: 'whole' }\n",
        put: '',
      },
    ],
    tests: ['file/reply.test.ts'],
  },
  {
    id: 'R7b',
    defect: 'Content-Range is not looked at: bytes from elsewhere are taken for those asked for',
    edits: [
      {
        file: 'file/reply.ts',
        find: '  if (range.start !== asked.start) return malformed(`bytes from ${range.start}, not ${asked.start}`)\n',
        put: '',
      },
    ],
    tests: ['file/reply.test.ts'],
  },
  {
    id: 'R7c',
    defect: 'a body that was cut short counts as whole',
    edits: [
      {
        file: 'file/file-transfer.ts',
        find: "    return retry('the reply was cut short')\n",
        put: "    return { ended: 'done' }\n",
      },
    ],
    tests: ['file/faults.test.ts'],
  },
  {
    id: 'R8',
    defect: 'rows are written without the data being synced',
    edits: [
      {
        file: 'file/file-storage.ts',
        find: 'file.datasync()',
        put: 'Promise.resolve(void file)',
      },
    ],
    tests: ['crash/crash.test.ts'],
  },
  {
    id: 'R8b',
    defect: 'a transaction that names a folder is lost with the power',
    edits: [
      {
        file: 'index/durably.ts',
        find: "db.pragma('synchronous = FULL')",
        put: "db.pragma('synchronous = NORMAL')",
      },
    ],
    tests: ['crash/crash.test.ts'],
  },
  {
    id: 'R11',
    defect: 'a write under way makes the file of a removed entry again',
    edits: [
      {
        file: 'file/keeping.ts',
        find: '!this.#isRetired && !this.#isOutOfReach',
        put: '!this.#isOutOfReach',
      },
      {
        file: 'file/file-bytes.ts',
        find: '    await this.#ready\n    await this.#memory.settled()\n',
        put: '    await this.#ready\n',
      },
    ],
    tests: ['model/model.test.ts'],
  },
  {
    id: 'R23',
    defect: 'overlapping ranges are counted twice, so that a file with holes is complete',
    edits: [
      {
        file: 'ranges.ts',
        find: '      to = Math.max(to, this.#end(last))\n      this.#total -= this.#end(last) - this.#start(last)\n',
        put: '      to = Math.max(to, this.#end(last))\n',
      },
    ],
    tests: ['ranges.test.ts'],
  },
  {
    id: 'P1',
    defect: 'a download goes on while a player needs the link',
    edits: [
      {
        file: 'downloads/background-gate.ts',
        find: '    return this.#players > 0 || this.#isResting || this.#fetches.has(sourceId)\n',
        put: '    return sourceId === ""\n',
      },
    ],
    tests: ['schedule/shared-link.test.ts'],
  },
  {
    id: 'C1',
    defect: 'an entry is opened while the cache closes, and nobody closes it',
    edits: [
      {
        file: 'open-entries.ts',
        find: "    if (this.#isClosed) throw new SpoolError('cancelled')\n",
        put: '    void this.#isClosed\n',
      },
    ],
    tests: ['recovery/shutdown-flag.test.ts'],
  },
  {
    id: 'C2',
    defect: 'a run that was cut off is said to have ended well',
    edits: [
      {
        file: 'create-file-cache.ts',
        find: '      if (isClosed) shutdownFlag',
        put: '      void isClosed\n      shutdownFlag',
      },
    ],
    tests: ['recovery/shutdown-flag.test.ts'],
  },
  {
    id: 'C3',
    defect: 'a run is said to have ended well before it has',
    edits: [
      {
        file: 'recovery/shutdown-flag.ts',
        find: '      setMeta(key, 0)\n',
        put: '',
      },
    ],
    tests: ['crash/crash.test.ts'],
  },
  {
    id: 'S1',
    defect: 'rows of segments are written without the data being synced',
    edits: [{ file: 'hls/segment-files.ts', find: 'await handle.datasync()', put: 'void handle' }],
    tests: ['crash/crash-segments.test.ts'],
  },
  {
    id: 'S2',
    defect: 'segments that are encoded otherwise go beside others',
    edits: [
      {
        file: 'hls/alignment.ts',
        find: "  if (facts.config !== strand.config) return differs('it is encoded otherwise')\n",
        put: '',
      },
    ],
    tests: ['hls/alignment.test.ts', 'hls/hls-entry-strands.test.ts'],
  },
  {
    id: 'S3',
    defect: 'a grid that is cut elsewhere is taken for another clock',
    edits: [
      {
        file: 'hls/alignment.ts',
        find: "isBeyondShift ? { kind: 'displaced', byTicks } : differs('it is cut elsewhere')",
        put: "isBeyondShift ? { kind: 'displaced', byTicks } : { kind: 'agrees' }",
      },
    ],
    tests: ['hls/alignment.test.ts', 'hls/hls-entry-strands.test.ts'],
  },
  {
    id: 'S4',
    defect: 'segments that are copied at the source’s key frames are kept by their number',
    edits: [
      {
        file: 'hls/alignment.ts',
        find: '  return late <= tolerance && (late >= -tolerance || isLast)\n',
        put: '  return late === late || isLast\n',
      },
    ],
    tests: ['hls/alignment.test.ts', 'hls/hls-entry-strands.test.ts'],
  },
  ...fillMutants,
]
