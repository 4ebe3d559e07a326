import { dirname } from 'node:path'
import fc, { type AsyncCommand } from 'fast-check'
import { testKey } from '../../test-support/cache-fixture.ts'
import type { Spoil } from '../../test-support/memory-upstream.ts'
import { mediaIds, type CacheWorld } from './cache-world.ts'

type Model = Record<string, never>
type Command = AsyncCommand<Model, CacheWorld>

/** A command is what it does, and a name for the report of a failure. */
function command(name: string, run: (world: CacheWorld) => void | Promise<void>): Command {
  return {
    check: () => true,
    run: async (_, world) => {
      await run(world)
      world.check()
    },
    toString: () => name,
  }
}

const mediaId = fc.constantFrom(...mediaIds)
const fraction = fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100)
const length = fc.constantFrom(1, 100, 5_000, 20_000, 1_000_000)
const spoil = fc.constantFrom<Spoil>(
  'short',
  'whole',
  'wrong-start',
  'no-range',
  'long',
  'reset',
  'refuse',
  'busy',
  'silent',
  'gone',
  'html',
)

const read = fc
  .tuple(mediaId, fraction, length)
  .map(([id, at, bytes]) => command(`read ${id} at ${at} ${bytes}`, (world) => world.read(id, at, bytes)))

const cancel = fc.nat(9).map((number) =>
  command(`cancel ${number}`, ({ readings }) => {
    readings[number % Math.max(1, readings.length)]?.abort.abort()
  }),
)

const seek = fc.tuple(fc.nat(9), fraction).map(([number, at]) =>
  command(`seek ${number} to ${at}`, (world) => {
    const reading = world.readings[number % Math.max(1, world.readings.length)]
    if (reading === undefined) return
    reading.abort.abort()
    world.read(reading.mediaId, at, 1_000_000)
  }),
)

const advance = fc.constantFrom(10, 300, 2_500, 11_000, 40_000).map((byMs) =>
  command(`pass ${byMs} ms`, (world) => {
    // Whatever is under way took that long.
    world.isPlain = false
    world.rig.clock.advance(byMs)
  }),
)

const download = fc.tuple(mediaId, fc.boolean()).map(([id, pin]) =>
  command(`download ${id}${pin ? ' pinned' : ''}`, (world) => {
    const { watch } = world
    world.post(
      world.rig.cache.preCache(testKey(id), pin).then(() => {
        if (pin && world.rig.db.open && isPinned(world, id)) watch.pinned.add(id)
      }),
    )
  }),
)

/** Pinned by row: a later command may have undone it already. */
const isPinned = ({ rig }: CacheWorld, id: string): boolean =>
  rig.db.prepare('SELECT 1 FROM cache_entries WHERE media_id = ? AND is_pinned').get(id) !== undefined

const stop = mediaId.map((id) =>
  command(`stop ${id}`, (world) => world.post(world.rig.cache.stopPreCache(testKey(id)))),
)

const unpin = mediaId.map((id) =>
  command(`unpin ${id}`, (world) => {
    world.watch.pinned.delete(id)
    world.post(world.rig.cache.setPinned(testKey(id), false))
  }),
)

const remove = fc.tuple(mediaId, fc.boolean()).map(([id, force]) =>
  command(`remove ${id}${force ? ' forced' : ''}`, (world) => {
    world.watch.pinned.delete(id)
    if (force) world.isPlain = false
    world.post(world.rig.cache.removeFromCache(testKey(id), force))
  }),
)

const clear = fc.boolean().map((all) =>
  command(`clear${all ? ' all' : ''}`, (world) => {
    if (all) world.watch.pinned.clear()
    world.post(world.rig.cache.clearCache(all))
  }),
)

const cleanup = fc
  .constantFrom(0, 30_000)
  .map((target) =>
    command(`clean up to ${target}`, (world) => world.post(world.rig.cache.cleanupCache(target))),
  )

const spoiling = spoil.map((kind) =>
  command(`spoil: ${kind}`, (world) => {
    world.isPlain = false
    world.rig.upstream.spoils.push(kind)
  }),
)

const replacing = mediaId.map((id) =>
  command(`replace ${id}`, (world) => {
    world.isPlain = false
    if (world.versionCount < 8) world.replace(id)
  }),
)

const reaching = fc.boolean().map((isReachable) =>
  command(isReachable ? 'source on' : 'source off', (world) => {
    world.isPlain = false
    world.rig.upstream.setReachable(isReachable)
  }),
)

const diskFault = fc.constantFrom('write ENOSPC', 'write EIO', 'sync EIO', 'none').map((kind) =>
  command(`disk: ${kind}`, (world) => {
    world.isPlain = false
    world.watch.hasLostBytes = true
    const [call, code] = kind.split(' ')
    world.rig.disk.fault = (asked) => (asked === call ? (code ?? null) : null)
  }),
)

const damage = fc.tuple(mediaId, fraction, fc.boolean()).map(([id, at, isDeleted]) =>
  command(isDeleted ? `delete the files of ${id}` : `flip a bit of ${id} at ${at}`, (world) => {
    world.isPlain = false
    const folder = world.watch.folderOf(id)
    const paths = world.rig.disk.paths.filter((path) => folder !== null && dirname(path) === folder)
    const path = paths[Math.floor(at * (paths.length - 1))]
    const size = path === undefined ? undefined : world.rig.disk.contentOf(path)?.length
    if (path === undefined || size === undefined) return
    // Also when nothing is recorded there yet: from now on the disk is not what was written.
    world.watch.isSpoilt = true
    if (isDeleted) world.rig.disk.deleteUnderneath(dirname(path))
    else world.rig.disk.flipBit(path, Math.floor(at * (size - 1)))
  }),
)

const restart = fc.constant(
  command('restart', (world) => {
    world.isPlain = false
    return world.restart()
  }),
)

const powerLoss = fc
  .tuple(fc.constantFrom('kept' as const, 'dropped' as const, 'torn' as const), fc.nat())
  .map(([loss, seed]) =>
    command(`power fails, ${loss}`, (world) => {
      world.isPlain = false
      let state = seed
      return world.losePower(loss, () => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0
        return state / 2 ** 32
      })
    }),
  )

/** Reading and waiting more often than what goes wrong: most of a day is ordinary. */
export const cacheCommands = (): fc.Arbitrary<Iterable<Command>> =>
  fc.commands(
    [
      read,
      read,
      read,
      seek,
      cancel,
      advance,
      advance,
      download,
      stop,
      unpin,
      remove,
      clear,
      cleanup,
      spoiling,
      replacing,
      reaching,
      diskFault,
      damage,
      restart,
      powerLoss,
    ],
    { maxCommands: 18, size: 'max' },
  )

/** The same without what makes reads fail or wait. */
export const plainCommands = (): fc.Arbitrary<Iterable<Command>> =>
  fc.commands([read, read, read, seek, cancel, download, stop, unpin, cleanup], {
    maxCommands: 12,
    size: 'max',
  })
