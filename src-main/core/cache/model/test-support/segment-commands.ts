import { dirname } from 'node:path'
import fc, { type AsyncCommand } from 'fast-check'
import {
  rungIds,
  rungKey,
  segmentCount,
  SegmentWorld,
  wholeBytes,
  type SegmentSpoil,
} from './segment-world.ts'

type Command = AsyncCommand<Record<string, never>, SegmentWorld>

function command(name: string, run: (world: SegmentWorld) => void | Promise<void>): Command {
  return {
    check: () => true,
    run: async (_, world) => {
      await run(world)
      world.check()
    },
    toString: () => name,
  }
}

const rung = fc.constantFrom(...rungIds)
const seq = fc.nat(segmentCount - 1)

const read = fc
  .tuple(rung, seq)
  .map(([id, at]) => command(`read ${at} of ${id}`, (world) => world.read(id, at)))

const cancel = fc.nat(9).map((number) =>
  command(`cancel ${number}`, ({ readings }) => {
    readings[number % Math.max(1, readings.length)]?.abort.abort()
  }),
)

const advance = fc
  .constantFrom(10, 400, 2_500, 11_000, 40_000)
  .map((byMs) => command(`pass ${byMs} ms`, (world) => world.rig.clock.advance(byMs)))

const asking = fc
  .tuple(
    rung,
    fc.constantFrom('download', 'download pinned', 'stop', 'unpin', 'remove', 'remove forced', 'verify'),
  )
  .map(([id, what]) =>
    command(`${what} ${id}`, (world) => {
      const { cache } = world.rig
      const key = rungKey(id)
      const asked = {
        download: () => cache.preCache(key, false),
        'download pinned': () => cache.preCache(key, true),
        stop: () => cache.stopPreCache(key),
        unpin: () => cache.setPinned(key, false),
        remove: () => cache.removeFromCache(key, false),
        'remove forced': () => cache.removeFromCache(key, true),
        verify: () => cache.verify(key),
      }[what]
      if (asked !== undefined) world.post(asked())
    }),
  )

const clear = fc
  .boolean()
  .map((all) => command(`clear${all ? ' all' : ''}`, (world) => world.post(world.rig.cache.clearCache(all))))

const cleanup = fc
  .constantFrom(0, Math.floor(wholeBytes / 2))
  .map((target) =>
    command(`clean up to ${target}`, (world) => world.post(world.rig.cache.cleanupCache(target))),
  )

const spoiling = fc
  .constantFrom<SegmentSpoil>('missing', 'cut', 'noise', 'of-another-session')
  .map((kind) => command(`spoil: ${kind}`, (world) => void world.spoils.push(kind)))

const reaching = fc
  .boolean()
  .map((isReachable) =>
    command(isReachable ? 'source on' : 'source off', (world) =>
      world.rig.upstream.setReachable(isReachable),
    ),
  )

const diskFault = fc.constantFrom('write ENOSPC', 'write EIO', 'sync EIO', 'none').map((kind) =>
  command(`disk: ${kind}`, (world) => {
    const [call, code] = kind.split(' ')
    world.rig.disk.fault = (asked) => (asked === call ? (code ?? null) : null)
  }),
)

const damage = fc.tuple(seq, fc.boolean()).map(([number, isDeleted]) =>
  command(isDeleted ? 'delete a folder' : `flip a bit of row ${number}`, (world) => {
    const { watch, rig } = world
    const rows = watch.rows()
    const row = rows[number % Math.max(1, rows.length)]
    if (row === undefined) return
    watch.isSpoilt = true
    const path = watch.pathOf(row)
    if (isDeleted) rig.disk.deleteUnderneath(dirname(path))
    else if (rig.disk.contentOf(path)?.length === row.sizeBytes)
      rig.disk.flipBit(path, Math.floor(row.sizeBytes / 2))
  }),
)

const restart = fc.constant(command('restart', (world) => world.restart()))

const powerLoss = fc
  .tuple(fc.constantFrom('kept' as const, 'dropped' as const, 'torn' as const), fc.nat())
  .map(([loss, seed]) =>
    command(`power fails, ${loss}`, (world) => {
      let state = seed
      return world.losePower(loss, () => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0
        return state / 2 ** 32
      })
    }),
  )

/** Runs rungs against their model: any commands, their effects in any order. Throws with the shortest case that breaks something. */
export function checkSegmentModel(runs: number): Promise<void> {
  const commands = fc.commands(
    [
      ...[read, read, read, read, advance, advance, asking, asking, asking, cancel],
      ...[clear, cleanup, spoiling, spoiling, reaching, diskFault, damage, restart, powerLoss],
    ],
    { maxCommands: 16, size: 'max' },
  )
  const limits = fc.constantFrom(10 ** 12, Math.floor(wholeBytes * 1.5))
  return fc.assert(
    fc.asyncProperty(fc.scheduler(), commands, limits, fc.nat(3), async (scheduler, steps, limit, chance) => {
      const world = await SegmentWorld.create(scheduler, limit)
      await fc.scheduledModelRun(scheduler, () => ({ model: {}, real: world }), steps)
      await world.finish(chance === 3)
      if (world.problems.length > 0) throw new Error([...new Set(world.problems)].join('\n'))
    }),
    { numRuns: runs },
  )
}
