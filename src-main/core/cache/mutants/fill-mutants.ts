import type { Mutant } from './mutants.ts'

/** Ways in which a download stood still for ever. */
export const fillMutants: readonly Mutant[] = [
  {
    id: 'F1',
    defect:
      'a download that asks the disk what is there does not count, and its entry is closed for being idle',
    edits: [
      { file: 'file/file-fills.ts', find: 'return this.#pending > 0', put: 'return this.#filling !== null' },
      {
        file: 'file/file-fills.ts',
        find: "    if (this.#isOver) throw new SpoolError('cancelled')\n",
        put: '',
      },
    ],
    tests: ['file/file-fills.test.ts'],
  },
  {
    id: 'F2',
    defect: 'a download waits for bytes that came and that nobody will write',
    edits: [
      {
        file: 'file/file-fetcher.ts',
        find: '    if (fill !== null && isFillHere) void this.#permits.keepPassed(fill)?.then(() => this.look())\n',
        put: '',
      },
    ],
    tests: ['file/file-fills.test.ts', 'file/fills-end.test.ts'],
  },
  {
    id: 'F3',
    defect: 'what comes between the last look at the queue and the end of the writing is never written',
    edits: [
      {
        file: 'file/write-behind.ts',
        find: '      this.#writing = null\n    }\n',
        put: '      void Promise.resolve().then(() => (this.#writing = null))\n    }\n',
      },
    ],
    tests: ['file/write-behind.test.ts'],
  },
]
