import fc from 'fast-check'
import { CacheWorld } from './cache-world.ts'
import { cacheCommands, plainCommands } from './commands.ts'

const roomy = 10 ** 12
const tight = 90_000

/** Runs the engine against the model: any commands, their effects in any order. Throws with the shortest case that breaks something. */
export function checkModel(runs: number, isPlain: boolean): Promise<void> {
  const commands = isPlain ? plainCommands() : cacheCommands()
  const property = fc.asyncProperty(
    fc.scheduler(),
    commands,
    isPlain ? fc.constant(roomy) : fc.constantFrom(roomy, tight),
    fc.nat(3),
    async (scheduler, steps, limitBytes, chance) => {
      const world = await CacheWorld.create(scheduler, limitBytes)
      await fc.scheduledModelRun(scheduler, () => ({ model: {}, real: world }), steps)
      await world.finish(chance === 3)
      if (world.problems.length > 0) throw new Error([...new Set(world.problems)].join('\n'))
    },
  )
  return fc.assert(property, { numRuns: runs })
}
