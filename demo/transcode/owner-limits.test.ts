import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { DEFAULT_CONTROL } from '../control/control.ts'
import type { DemoServer } from '../demo-server.ts'
import {
  container,
  control,
  get,
  startTestServer,
  startTranscode,
  TEST_FILM,
  transcodeQuery,
  UNIVERSAL,
} from '../testing/test-server.ts'
import { streamLimitKbps } from './owner-limits.ts'

let server: DemoServer & AsyncDisposable

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())
beforeEach(() => control(server, DEFAULT_CONTROL))

interface Decision {
  readonly generalDecisionCode?: number
  readonly transcodeDecisionCode?: number
  readonly directPlayDecisionCode?: number
  readonly availableBandwidth?: number
}
const decide = async (overrides: Record<string, string | null> = {}): Promise<Decision> =>
  container(await get(server, `${UNIVERSAL}/decision?${transcodeQuery('limits', overrides)}`))
const partKey = async (): Promise<string> =>
  (await container(await get(server, `/library/metadata/${TEST_FILM}`))).Metadata[0].Media[0].Part[0].key
const read = async (headers: Record<string, string> = {}): Promise<number> =>
  (await get(server, await partKey(), { headers: { Range: 'bytes=0-9', ...headers } })).status

test('an owner’s limit refuses what takes more, and says what is left', async () => {
  await control(server, { maxKbps: 1000 })
  expect(await decide()).toMatchObject({ generalDecisionCode: 2001, availableBandwidth: 1000 })
  expect(await decide({ directPlay: '1' })).toMatchObject({
    generalDecisionCode: 1001,
    directPlayDecisionCode: 3001,
  })
  expect(await decide({ maxVideoBitrate: '720', videoResolution: '576x320' })).toMatchObject({
    generalDecisionCode: 1001,
  })
  expect(await read({ 'X-Plex-Session-Identifier': 'one' })).toBe(509)
  expect(await read()).toBe(500)
  await control(server, { maxKbps: null })
  expect(await read()).toBe(206)
})

test('a relay is a limit, whatever else its owner says', () => {
  expect(streamLimitKbps({ relay: true, maxKbps: null })).toBe(2000)
  expect(streamLimitKbps({ relay: true, maxKbps: 700 })).toBe(700)
  expect(streamLimitKbps({ relay: true, maxKbps: 8000 })).toBe(2000)
  expect(streamLimitKbps({ relay: false, maxKbps: null })).toBeNull()
})

test('every decision can be made to answer one code', async () => {
  await control(server, { decision: 4005 })
  expect(await decide()).toMatchObject({ generalDecisionCode: 2000, transcodeDecisionCode: 4005 })
  await control(server, { decision: 2006 })
  expect(await decide()).toMatchObject({ generalDecisionCode: 2006 })
})

test('one client more than the owner allows is refused, the one that plays is not', async () => {
  await startTranscode(server, 'first')
  await control(server, { maxStreams: 1 })
  expect(await decide()).toMatchObject({ generalDecisionCode: 2000 })
  expect(await decide({ 'X-Plex-Client-Identifier': 'client-of-first' })).toMatchObject({
    generalDecisionCode: 1001,
  })
})

test('the owner’s word comes with the answer to a timeline', async () => {
  await control(server, { terminate: 'Go to bed.' })
  const query = `ratingKey=${TEST_FILM}&state=playing&time=1000&duration=60000`
  const answer = await get(server, `/:/timeline?${query}`, {
    method: 'POST',
    headers: { 'X-Plex-Client-Identifier': 'me' },
  })
  expect(await container(answer)).toMatchObject({ terminationCode: 2006, terminationText: 'Go to bed.' })
})
