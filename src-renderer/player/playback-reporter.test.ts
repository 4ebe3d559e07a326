// @vitest-environment node
import { beforeEach, describe, expect, test } from 'vitest'
import { asMediaId, asQuality, asSourceId } from '../../src-preload/contract/index.ts'
import type { CoreCalls } from './core-calls.ts'
import { type PlaybackReporter, createPlaybackReporter, reportedState } from './playback-reporter.ts'
import type { PlayState } from './player-state.ts'

/** Keeps what it is asked, answers at once, and lets a test push topics: the contract's shape, nothing behind it. */
class Recorder {
  readonly calls: (readonly [string, Record<string, unknown>])[] = []
  accepts = true
  opened = 0
  readonly #listeners = new Set<(value: never) => void>()
  readonly core: CoreCalls = {
    call: async (method: string, params: Record<string, unknown>) => {
      this.calls.push([method, params])
      if (method === 'playback.open')
        return { result: 'opened', playbackId: `p${++this.opened}`, positionMs: 0 }
      return { accepted: this.accepts }
    },
    subscribe: (_topic, listener) => {
      this.#listeners.add(listener)
      return () => this.#listeners.delete(listener)
    },
  }
  push(playbackId: string | null): void {
    for (const listener of this.#listeners)
      listener({ playbackId, sourceId: null, ratingKey: null, mediaId: null } as never)
  }
  get states(): readonly unknown[] {
    return this.calls.filter(([method]) => method === 'playback.report').map(([, { state }]) => state)
  }
  get isListened(): boolean {
    return this.#listeners.size > 0
  }
}

const ref = { sourceId: asSourceId('s'), ratingKey: '7', mediaId: asMediaId('m') }
const quality = asQuality('720p-4000k')
const never = new AbortController().signal
const playing: PlayState = { phase: 'playing' }
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

let recorder: Recorder
let reporter: PlaybackReporter
let takenOver = 0

beforeEach(async () => {
  recorder = new Recorder()
  takenOver = 0
  reporter = createPlaybackReporter(
    recorder.core,
    () => ({ positionMs: 1234.6, quality }),
    () => takenOver++,
  )
  await reporter.open(ref, false, never)
})

describe('what the core is told', () => {
  test('each change once, with place and quality', () => {
    reporter.update(playing)
    reporter.update(playing)
    reporter.update({ phase: 'paused' })
    expect(recorder.states).toEqual(['playing', 'paused'])
    expect(recorder.calls.at(-1)?.[1]).toEqual({
      playbackId: 'p1',
      state: 'paused',
      positionMs: 1235,
      quality,
    })
  })

  test('a tick repeats playing and nothing else', () => {
    reporter.update(playing)
    reporter.tick()
    reporter.update({ phase: 'paused' })
    reporter.tick()
    expect(recorder.states).toEqual(['playing', 'playing', 'paused'])
  })

  test('the end is told once, and playing again is a playback of its own', async () => {
    reporter.update(playing)
    reporter.update({ phase: 'ended' })
    reporter.stop()
    reporter.update(playing)
    await settled()
    expect(recorder.states).toEqual(['playing', 'stopped', 'playing'])
    expect(recorder.calls.at(-1)?.[1]['playbackId']).toBe('p2')
  })
})

test('what happens while a playback is being opened again is told once it is', async () => {
  reporter.update(playing)
  reporter.update({ phase: 'ended' })
  reporter.update(playing)
  reporter.update({ phase: 'paused' })
  await settled()
  reporter.tick()
  expect(recorder.states).toEqual(['playing', 'stopped', 'paused'])
  expect(recorder.calls.at(-1)?.[1]['playbackId']).toBe('p2')
})

test('an end that comes before a playback is open again ends that one', async () => {
  reporter.update(playing)
  reporter.update({ phase: 'ended' })
  reporter.update(playing)
  reporter.update({ phase: 'ended' })
  await settled()
  reporter.tick()
  expect(recorder.states.at(-1)).toBe('stopped')
})

describe('one player at a time', () => {
  test('another owner ends this one, once', () => {
    reporter.update(playing)
    recorder.push('p1')
    expect(takenOver).toBe(0)
    recorder.push('elsewhere')
    recorder.push('elsewhere')
    expect(takenOver).toBe(1)
    reporter.tick()
    expect(recorder.states).toEqual(['playing'])
  })

  test('so does a report that is not accepted', async () => {
    recorder.accepts = false
    reporter.update(playing)
    await settled()
    expect(takenOver).toBe(1)
  })

  test('nobody playing takes nothing away', () => {
    recorder.push(null)
    expect(takenOver).toBe(0)
  })
})

test('nothing is listened to afterwards', () => {
  reporter.dispose()
  expect(recorder.isListened).toBe(false)
  expect(recorder.states).toEqual(['stopped'])
})

test('waiting is told as buffering, resting wishes as paused', () => {
  const to = 'automatic'
  expect(reportedState({ phase: 'seeking', wantsPlay: true })).toBe('buffering')
  expect(reportedState({ phase: 'seeking', wantsPlay: false })).toBe('paused')
  expect(reportedState({ phase: 'switching', wantsPlay: true, to })).toBe('playing')
  expect(reportedState({ phase: 'idle' })).toBeNull()
})
