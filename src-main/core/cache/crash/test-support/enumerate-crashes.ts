import type { Chance, Loss } from '../../test-support/memory-disk.ts'
import { commitEnds, type Moment } from './power-recorder.ts'

/** mulberry32: the same for the same seed. */
export function chanceFrom(seed: number): Chance {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The power goes at a moment: what becomes of writes that were not synced, and how much of the database's log there is. */
export interface Crash {
  readonly moment: Moment
  readonly index: number
  readonly loss: Loss
  readonly logBytes: number
}

/** After every call to the disk and every transaction, with what was not synced kept, dropped or torn. */
export function enumerateCrashes(moments: readonly Moment[], log: Buffer): Crash[] {
  const crashes: Crash[] = []
  const ends = commitEnds(log)
  const chance = chanceFrom(1)
  let seen = ''
  for (const [index, moment] of moments.entries()) {
    const until = moments[index + 1]?.logBytes ?? moment.logBytes
    const add = (loss: Loss, logBytes: number): void => void crashes.push({ moment, index, loss, logBytes })
    // Transactions before the next call to the disk.
    for (const end of ends.filter((at) => at > moment.logBytes && at <= until)) add('dropped', end)
    // Calls that only look leave everything as it was.
    const state = `${moment.image.version} ${moment.logBytes}`
    if (state === seen) continue
    seen = state
    const losses: Loss[] = moment.image.isSettled ? ['kept'] : ['dropped', 'torn']
    // Everything kept is a killed process: the least that can happen.
    if (!moment.image.isSettled && index % 4 === 0) losses.push('kept')
    for (const loss of losses) add(loss, moment.logBytes)
    const between = ends.filter((end) => end >= moment.syncedBytes && end < moment.logBytes)
    if (between.length === 0) continue
    add(chance() < 0.5 ? 'dropped' : 'kept', moment.syncedBytes)
    add('torn', between[Math.floor(chance() * between.length)] ?? 0)
  }
  return crashes
}
