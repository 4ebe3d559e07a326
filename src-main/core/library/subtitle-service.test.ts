import { expect, it } from 'vitest'
import { makeMedia, makeStream } from '../quality/test-support/make-media.ts'
import { createSubtitleService } from './subtitle-service.ts'
import { createLibraryRig } from './test-support/library-rig.ts'
import { makeItem } from './test-support/memory-server.ts'

it('gives the text subtitles of items that were opened, once fetched also offline', async () => {
  await using rig = createLibraryRig()
  const streams = [
    makeStream({ id: '3', kind: 'subtitle', codec: 'srt', key: '/library/streams/3' }),
    makeStream({ id: '4', kind: 'subtitle', codec: 'pgs', key: '/library/streams/4' }),
    makeStream({ id: '5', kind: 'subtitle', codec: 'srt', key: null }),
  ]
  rig.server.items = [makeItem({ ratingKey: '1', media: [makeMedia({}, streams).media] })]
  const open = () => createSubtitleService({ store: rig.now.memory.subtitles, sources: rig.sources })
  await expect(open().getSubtitle('s', '3')).rejects.toMatchObject({ code: 'unknown-media' })
  await rig.now.library.getItem(rig.s, '1')
  const vtt = 'WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nHello\n'
  const subtitles = open()
  expect(await Promise.all([subtitles.getSubtitle('s', '3'), subtitles.getSubtitle('s', '3')])).toEqual([
    vtt,
    vtt,
  ])
  expect(rig.server.countOf('subtitle')).toBe(1)
  await rig.restart()
  rig.sources.connect('s', 'offline')
  expect(await open().getSubtitle('s', '3')).toBe(vtt)
  for (const other of ['4', '5', '99'])
    await expect(open().getSubtitle('s', other)).rejects.toMatchObject({ code: 'unknown-media' })
})
