import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Clock } from '../base/clock.ts'
import { systemClock } from '../base/clock.ts'
import { makeIdentity } from './client-identity.ts'
import { PlexClient } from './plex-client.ts'
import { ManualClock } from './test-support/manual-clock.ts'
import { sendJson, TinyServer } from './test-support/tiny-server.ts'
import { until } from './test-support/until.ts'

const sections = '/library/sections'
const part = '/library/parts/1/2/file.mkv'
const session = { identifier: 's', identity: makeIdentity('c', '1') }
let server: TinyServer
let client: PlexClient

const connect = (clock: Clock = systemClock): PlexClient => {
  const made = new PlexClient({
    sourceId: server.machineIdentifier,
    baseUrl: server.url,
    token: 'good-token',
    identity: makeIdentity('client-1', '0.1.0'),
    clock,
  })
  made.monitor.start()
  return made
}

/** A request, and its connection at rest afterwards. */
async function warmUp(): Promise<void> {
  await client.getSections()
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

beforeEach(async () => {
  server = new TinyServer()
  await server.start()
  client = connect()
  await until(() => client.monitor.isKnown)
})

afterEach(async () => {
  await client.close()
  await server.stop()
})

describe('a connection that was kept and died unseen', () => {
  it('costs one request at once on a new one, and no doubt about the server', async () => {
    server.json(sections, { MediaContainer: {} })
    await warmUp()
    let isBroken = true
    server.on(part, (_request, response) => {
      if (!isBroken) return void response.writeHead(206).end('x')
      isBroken = false
      response.socket?.resetAndDestroy()
    })
    const probes = server.requestsTo('/identity').length
    const reply = await client.fetchPart(part, { start: 0, end: 1 }, session)
    expect(reply.status).toBe(206)
    reply.discard()
    expect(server.requestsTo(part)).toHaveLength(2)
    expect(server.requestsTo('/identity')).toHaveLength(probes)
  })

  it('is not blamed twice: when the new one fails too, that is a failure', async () => {
    server.json(sections, { MediaContainer: {} })
    await warmUp()
    server.on(part, (_request, response) => void response.socket?.resetAndDestroy())
    await expect(client.fetchPart(part, { start: 0, end: 1 }, session)).rejects.toMatchObject({
      code: 'source-unreachable',
    })
    expect(server.requestsTo(part)).toHaveLength(2)
  })

  it('is no excuse for a new connection that fails', async () => {
    server.on(part, (_request, response) => void response.socket?.resetAndDestroy())
    await expect(client.fetchPart(part, { start: 0, end: 1 }, session)).rejects.toMatchObject({
      code: 'source-unreachable',
    })
    expect(server.requestsTo(part)).toHaveLength(1)
  })
})

describe('after a sleep', () => {
  it('no connection from before is used, and what waits is answered', async () => {
    const ports = new Set<number | undefined>()
    server.on(sections, (_request, response) => {
      ports.add(response.socket?.remotePort)
      sendJson(response, { MediaContainer: {} })
    })
    await warmUp()
    await warmUp()
    expect(ports.size).toBe(1)
    client.wake()
    expect(await client.getSections()).toEqual([])
    expect(ports.size).toBe(2)
  })

  it('a network that takes some seconds to come back is waited for', async () => {
    await client.close()
    const clock = new ManualClock()
    client = connect(clock)
    await until(() => client.monitor.isKnown)
    const heard: boolean[] = []
    client.monitor.onChange((isReachable) => heard.push(isReachable))
    server.json(sections, { MediaContainer: {} })
    await server.stop()
    client.wake()
    const asked = client.getSections()
    await new Promise((resolve) => setImmediate(resolve))
    await server.start()
    let isAnswered = false
    const answered = asked.then(() => (isAnswered = true))
    await until(() => {
      clock.advance(1_000)
      return isAnswered || clock.monotonicMs() > 14_000
    })
    await answered
    expect(heard).toEqual([])
  })

  it('a server that stays away is given up in the end', async () => {
    await client.close()
    const clock = new ManualClock()
    client = connect(clock)
    await until(() => client.monitor.isKnown)
    await server.stop()
    client.wake()
    await until(() => {
      clock.advance(1_000)
      return !client.monitor.isReachable
    })
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(15_000)
  })
})
