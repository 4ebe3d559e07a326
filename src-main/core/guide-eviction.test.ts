import { expect, it } from 'vitest'
import { asMediaId, asSourceId, type PlaybackOwner } from '../../src-preload/contract/index.ts'
import { Emitter } from './base/emitter.ts'
import { guideEviction } from './guide-eviction.ts'
import { createLibraryRig } from './library/test-support/library-rig.ts'
import { makeItem, MemoryServer } from './library/test-support/memory-server.ts'
import type { PlaybackProgress } from './playback/playback-ports.ts'
import { makeMedia } from './quality/test-support/make-media.ts'

const none: PlaybackOwner = { playbackId: null, sourceId: null, ratingKey: null, mediaId: null, ended: null }

/** A show of two seasons with two episodes each. */
function serverWithShow(): MemoryServer {
  const server = new MemoryServer()
  const below = { librarySectionId: '2', grandparentRatingKey: '20' }
  server.items = [
    makeItem({ ratingKey: '20', type: 'show', librarySectionId: '2' }),
    ...[1, 2].flatMap((season) => [
      makeItem({
        ratingKey: `3${season}`,
        type: 'season',
        index: season,
        parentRatingKey: '20',
        librarySectionId: '2',
      }),
      ...[1, 2].map((index) =>
        makeItem({
          ratingKey: `4${season}${index}`,
          type: 'episode',
          index,
          parentIndex: season,
          parentRatingKey: `3${season}`,
          media: [makeMedia().media],
          ...below,
        }),
      ),
    ]),
  ]
  return server
}

it('protects what plays and what comes next, and marks what was watched', async () => {
  await using rig = createLibraryRig(serverWithShow())
  const { library, memory } = rig.now
  for (const key of ['20', '31', '32']) await library.getChildren(rig.s, key)
  const owner = new Emitter<PlaybackOwner>()
  const progress = new Emitter<PlaybackProgress>()
  const told: string[] = []
  const titleOf = (mediaId: string): string => mediaId.split(':')[0] ?? ''
  using _guide = guideEviction({
    cache: {
      setProtected: (keys) =>
        void told.push(`protect ${[...new Set(keys.map(({ mediaId }) => titleOf(mediaId)))].join(' ')}`),
      setWatched: (_source, mediaId, isWatched) => void told.push(`${titleOf(mediaId)} ${isWatched}`),
    },
    memory,
    library,
    playback: {
      onOwnerChange: (listener) => owner.on(listener),
      onProgress: (listener) => progress.on(listener),
    },
  })
  const play = (ratingKey: string): void =>
    owner.emit({
      playbackId: 'p',
      sourceId: rig.s,
      ratingKey,
      mediaId: asMediaId(`${ratingKey}:1:1`),
      ended: null,
    })
  for (const key of ['411', '412', '422', '9']) play(key)
  owner.emit(none)
  expect(told.splice(0)).toEqual([
    'protect 411 412',
    'protect 412 421',
    'protect 422',
    'protect 9',
    'protect ',
  ])
  progress.emit({
    sourceId: asSourceId('s'),
    ratingKey: '411',
    mediaId: asMediaId('411:1:1'),
    isWatched: true,
  })
  await library.setWatched(rig.s, '20', true)
  await library.setWatched(rig.s, '412', false)
  expect(told).toEqual(['411 true', '411 true', '412 true', '421 true', '422 true', '412 false'])
})
