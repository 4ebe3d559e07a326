import { expect, it } from 'vitest'
import { makeMedia, makeStream } from '../quality/test-support/make-media.ts'
import { fetchCompanions } from './companions.ts'
import { bifOf } from '../../../demo/media/thumbnails.ts'
import { defined } from '../base/control.ts'
import { createImageService } from './image-service.ts'
import { createKitStore } from './kit-store.ts'
import { createSubtitleService } from './subtitle-service.ts'
import { createThumbnailService } from './thumbnail-service.ts'
import { createLibraryRig, quiet } from './test-support/library-rig.ts'
import { makeItem } from './test-support/memory-server.ts'

it('fetches what a kept episode needs to be shown offline, once, and again after a failure', async () => {
  await using rig = createLibraryRig()
  const streams = [makeStream({ id: '3', kind: 'subtitle', codec: 'srt', key: '/library/streams/3' })]
  rig.server.items = [
    makeItem({ ratingKey: '20', type: 'show', title: 'Tides' }),
    makeItem({ ratingKey: '21', type: 'season', parentRatingKey: '20' }),
    makeItem({
      ratingKey: '22',
      type: 'episode',
      parentRatingKey: '21',
      grandparentRatingKey: '20',
      grandparentThumb: '/library/metadata/20/thumb/1',
      media: [makeMedia({}, streams).media],
    }),
  ]
  const images = createImageService({ db: rig.now.db, sources: rig.sources, clock: rig.clock })
  const subtitles = createSubtitleService({ store: rig.now.memory.subtitles, sources: rig.sources })
  using _ = fetchCompanions({
    cache: rig.cache,
    memory: rig.now.memory,
    images,
    subtitles,
    thumbnails: thumbnailsOf(rig),
    kits: createKitStore(rig.now.db),
    logger: quiet,
  })

  rig.sources.connect('s', 'offline')
  rig.cache.keep('22:10:20', 'original')
  await rig.settle()
  rig.sources.connect('s', 'lan')
  rig.server.asked.length = 0
  rig.cache.keep('22:10:20', '720p-4000k')
  await rig.settle()
  rig.cache.keep('22:10:20', '480p-1500k')
  await rig.settle()
  expect(rig.server.asked.toSorted()).toEqual([
    'image /library/metadata/20/art/1 1280x720',
    'image /library/metadata/20/thumb/1 320x480',
    'image /library/metadata/21/art/1 1280x720',
    'image /library/metadata/21/thumb/1 320x480',
    'image /library/metadata/22/art/1 1280x720',
    'image /library/metadata/22/thumb/1 320x480',
    'item 20',
    'item 21',
    'item 22',
    'subtitle /library/streams/3',
  ])
  rig.sources.connect('s', 'offline')
  expect(await rig.now.library.getItem(rig.s, '20')).toMatchObject({ title: 'Tides', isRemembered: true })
  expect((await images.getImage('s', '/library/metadata/22/art/1', 290, 163)).mime).toBe('image/jpeg')
})

const thumbnailsOf = (rig: ReturnType<typeof createLibraryRig>) =>
  createThumbnailService({ store: createKitStore(rig.now.db), sources: rig.sources, items: rig.now.memory })

it('leaves out what the server does not have, and asks for it once', async () => {
  await using rig = createLibraryRig()
  const streams = [makeStream({ id: '3', kind: 'subtitle', codec: 'srt', key: '/library/streams/3' })]
  rig.server.items = [
    makeItem({ ratingKey: '7', parentRatingKey: 'gone', media: [makeMedia({}, streams).media] }),
  ]
  rig.server.missing.add('/library/metadata/7/thumb/1')
  const images = createImageService({ db: rig.now.db, sources: rig.sources, clock: rig.clock })
  const subtitles = createSubtitleService({ store: rig.now.memory.subtitles, sources: rig.sources })
  using _ = fetchCompanions({
    cache: rig.cache,
    memory: rig.now.memory,
    images,
    subtitles,
    thumbnails: thumbnailsOf(rig),
    kits: createKitStore(rig.now.db),
    logger: quiet,
  })
  for (const quality of ['original', '720p-4000k', '480p-1500k']) {
    rig.cache.keep('7:10:20', quality)
    await rig.settle()
  }
  expect(rig.server.asked.toSorted()).toEqual([
    'image /library/metadata/7/art/1 1280x720',
    'image /library/metadata/7/thumb/1 320x480',
    'item 7',
    'item gone',
    'subtitle /library/streams/3',
  ])
})

it('keeps thumbnails, pictures and subtitles with a title, and lets them go with its last copy', async () => {
  await using rig = createLibraryRig()
  const { media } = makeMedia({}, [
    makeStream({ id: '3', kind: 'subtitle', codec: 'srt', key: '/library/streams/3' }),
  ])
  const part = { ...defined(media.parts[0], 'part'), thumbnails: 'sd' }
  rig.server.items = [makeItem({ ratingKey: '7', media: [{ ...media, parts: [part] }] })]
  rig.server.bif = bifOf([Buffer.from('one'), Buffer.from('two')])
  const kits = createKitStore(rig.now.db)
  const images = createImageService({ db: rig.now.db, sources: rig.sources, clock: rig.clock })
  const subtitles = createSubtitleService({ store: rig.now.memory.subtitles, sources: rig.sources })
  const thumbnails = createThumbnailService({ store: kits, sources: rig.sources, items: rig.now.memory })
  const { memory } = rig.now
  using _ = fetchCompanions({ cache: rig.cache, memory, images, subtitles, thumbnails, kits, logger: quiet })
  rig.cache.keep('7:10:20', 'original')
  rig.cache.keep('7:10:20', '720p-4000k')
  await rig.settle()
  rig.sources.connect('s', 'offline')
  rig.server.bif = null
  const offline = createThumbnailService({ store: kits, sources: rig.sources, items: memory })
  expect(Buffer.from(await offline.getThumbnail('s', '7:10:20', 5000)).toString()).toBe('two')
  rig.cache.remove('7:10:20', 'original')
  await rig.settle()
  expect(kits.titles()).toEqual([{ sourceId: 's', ratingKey: '7' }])
  expect(memory.subtitles.get('s', '3')?.vtt).toMatch(/^WEBVTT/)
  const { totalBytes } = kits
  rig.cache.remove('7:10:20', '720p-4000k')
  await rig.settle()
  expect(kits.titles()).toEqual([])
  expect(memory.subtitles.get('s', '3')?.vtt).toBeNull()
  expect(kits.totalBytes).toBeLessThan(totalBytes)
  await expect(offline.getThumbnail('s', '7:10:20', 5000)).rejects.toThrow()
})
