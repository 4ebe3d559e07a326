import { decide, initialState } from '../src-main/core/quality/automatic/rules.ts'
import type { Observation } from '../src-main/core/quality/automatic/observation.ts'
import type { AutomaticLogRow } from '../src-preload/contract/index.ts'
import type { App } from './support/app-process.ts'
import { expect, test } from './support/fixtures.ts'
import { PlayerScreen } from './support/player.ts'
import { films, findTitle } from './support/titles.ts'

const goes = (log: readonly AutomaticLogRow[]) =>
  log.flatMap(({ advice }) => (advice.do === 'go' ? [advice] : []))

const logOf = (app: App): Promise<readonly AutomaticLogRow[]> => app.call('playback.getAutomaticLog', {})

test('Automatic follows a link that falls and rises, and every decision is the rules’ own', async ({
  app,
  demo,
  page,
}) => {
  test.setTimeout(150_000)
  const title = await findTitle(app, films.dear)
  const player = new PlayerScreen(page)
  await demo.control({ mbps: 12 })
  await player.openAutomatic(app, title)
  await player.plays('original')
  await demo.control({ mbps: 2 })
  await expect.poll(async () => goes(await logOf(app)).length, { timeout: 60_000 }).toBeGreaterThan(0)
  await player.plays('480p-1500k')
  await demo.control({ mbps: 30 })
  await expect.poll(async () => goes(await logOf(app)).at(-1)?.why, { timeout: 60_000 }).toBe('calm')

  const log = await logOf(app)
  let state = initialState
  for (const { seen, advice } of log) {
    const step = decide(state, seen as unknown as Observation)
    state = step.state
    const { decision } = step
    expect(advice).toEqual(
      decision.do === 'stay' ? decision : { do: 'go', to: decision.to, why: decision.why },
    )
  }
  expect(log.length).toBeGreaterThan(30)
})
