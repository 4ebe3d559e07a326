import fc from 'fast-check'
import { it } from 'vitest'
import { DownloadWorld, keys } from './test-support/download-world.ts'

type Step = (world: DownloadWorld) => Promise<void> | void

const key = fc.constantFrom(...keys)
const passed = fc.constantFrom(0, 250, 1_000, 5_000, 31_000, 70_000)
const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: key.map((of) => named(`add ${of.mediaId}`, (world) => world.add(of))), weight: 5 },
  key.map((of) => named(`stop ${of.mediaId}`, (world) => world.stop(of))),
  key.map((of) => named(`pause ${of.mediaId}`, (world) => world.pause(of))),
  key.map((of) => named(`remove ${of.mediaId}`, (world) => world.remove(of))),
  fc.constant(named('remade', (world) => world.remake())),
  fc.constant(named('restart', (world) => world.restart())),
  {
    arbitrary: fc.tuple(passed, fc.boolean()).map(([ms, isNoticed]) =>
      named(`off ${ms} ${isNoticed}`, async (world) => {
        world.setOn(false, isNoticed)
        if (ms > 0) await world.pass(ms)
        world.setOn(true, isNoticed)
      }),
    ),
    weight: 3,
  },
  { arbitrary: fc.constant(named('made', (world) => world.turn(['making'], 'ready'))), weight: 3 },
  fc.constant(named('failed', (world) => world.turn(['making'], 'failed'))),
  fc.constant(named('gone', (world) => world.turn(['making', 'ready'], 'gone'))),
  fc
    .constantFrom(401, 404, 500, 503)
    .map((status) => named(`refuse ${status}`, (world) => void world.server.refusals.push(status))),
  fc.boolean().map((isRoomy) => named(`room ${isRoomy}`, (world) => world.setRoom(isRoomy))),
  { arbitrary: passed.map((ms) => named(`pass ${ms}`, (world) => world.pass(ms))), weight: 5 },
)

/** So that a counterexample can be read. */
function named(name: string, run: Step): Step {
  return Object.assign(run, { [fc.toStringMethod]: () => name })
}

it(
  'whatever servers and people do, downloads come in the end, one at a time, and servers are asked seldom',
  { timeout: 120_000 },
  () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 40 }),
        fc.array(fc.constantFrom(0, 100, 900, 3_000), { maxLength: 5 }),
        async (steps, latenciesMs) => {
          const world = await DownloadWorld.create(latenciesMs)
          for (const run of steps) await run(world)
          await world.finish(900_000)
          if (world.problems.size > 0) throw new Error([...world.problems].join('\n'))
        },
      ),
      { numRuns: 60 },
    ),
)
