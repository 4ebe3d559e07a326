import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SpoolError } from '../../spool-error.ts'
import { HlsRig, never } from './test-support/hls-rig.ts'
import { makeTsSegments } from './test-support/make-segments.ts'
import type { Behaviour } from './test-support/transcode-origin.ts'

const count = 10
const segments = makeTsSegments(count, 10)

type Step =
  | { readonly do: 'read'; readonly seqs: readonly number[] }
  | { readonly do: 'give-up'; readonly seq: number }
  | { readonly do: 'fault'; readonly seq: number; readonly faults: readonly Behaviour[] }
  | { readonly do: 'fill' | 'stop-filling' | 'restart' | 'off' | 'on' | 'damage' }

const seqs = fc.nat(count - 1)
const faults = fc.constantFrom<Behaviour>('not-ready', 'blank', 'truncated', 'page', 'reset', 'session-ended')
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('read'), seqs: fc.array(seqs, { maxLength: 4 }) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('give-up'), seq: seqs }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('fault'),
        seq: seqs,
        faults: fc.array(faults, { maxLength: 3 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constantFrom('fill', 'stop-filling', 'restart', 'off', 'on', 'damage') }),
    },
  ),
  { minLength: 3, maxLength: 14 },
)

/** Takes the steps; every byte that a reader gets must be the server's. */
async function run(rig: HlsRig, list: readonly Step[]): Promise<void> {
  let filling = new AbortController()
  const background: Promise<unknown>[] = []
  const read = async (seq: number): Promise<void> => {
    const bytes = await rig
      .read(seq)
      .catch((error: Error) => (error instanceof SpoolError ? error.code : error.message))
    if (bytes === 'source-unreachable' && !rig.upstream.reachable) return
    expect(Buffer.isBuffer(bytes) ? bytes.equals(segments[seq] ?? Buffer.of()) : bytes).toBe(true)
  }
  for (const step of list) {
    switch (step.do) {
      case 'read':
        await Promise.all(step.seqs.map(read))
        break
      case 'give-up': {
        const abort = new AbortController()
        background.push(rig.read(step.seq, abort.signal).catch(() => undefined))
        await Promise.resolve()
        abort.abort()
        break
      }
      case 'fault':
        rig.origin.script(step.seq, ...step.faults)
        break
      case 'fill':
        filling.abort()
        filling = new AbortController()
        background.push(rig.entry.fill(filling.signal).catch(() => undefined))
        break
      case 'stop-filling':
        filling.abort()
        break
      case 'restart':
        await rig.restart()
        break
      case 'off':
        rig.upstream.reachable = false
        rig.entry.onReachabilityChange(false)
        break
      case 'on':
        rig.upstream.reachable = true
        rig.entry.onReachabilityChange(true)
        break
      case 'damage': {
        const [row] = rig.segmentRows()
        // A run looks at each file once, so damage is for the next one to find.
        if (row !== undefined) writeFileSync(join(rig.folder, row.file), 'damaged')
        await rig.restart()
        break
      }
    }
  }
  filling.abort()
  await rig.restart()
  await Promise.all(background)
}

it('gives the server’s bytes whatever happens, keeps nothing else, and leaves nothing running', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (list) => {
      await using rig = await HlsRig.start(segments)
      await run(rig, list)
      expect(rig.origin.mostAtOnce).toBeLessThanOrEqual(2)
      const rows = rig.segmentRows()
      expect(new Set(rows.map(({ seq }) => seq)).size).toBe(rows.length)
      expect(rig.generation().bytesPresent).toBe(rows.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0))
      expect(rig.generation().completedAt !== null).toBe(rows.length === count)
      expect(rig.history.filter(({ action }) => action === 'replaced')).toEqual([])
      rig.upstream.reachable = true
      for (let turn = 0; turn < 20 && (await rig.entry.fill(never)) !== 'complete'; turn += 1);
      for (const seq of segments.keys())
        expect((await rig.read(seq)).equals(segments[seq] ?? Buffer.of())).toBe(true)
    }),
    { numRuns: 15 },
  )
}, 60_000)
