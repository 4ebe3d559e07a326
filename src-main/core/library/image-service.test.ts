import { describe, expect, it } from 'vitest'
import { createImageService, roundUp } from './image-service.ts'
import { imageUrl, isImagePath } from './page-urls.ts'
import { createLibraryRig } from './test-support/library-rig.ts'

const path = '/library/metadata/1/thumb/1700000000'
type Rig = ReturnType<typeof createLibraryRig>
const open = ({ now, sources, clock }: Rig, limitBytes?: number) =>
  createImageService({ db: now.db, sources, clock, ...(limitBytes === undefined ? {} : { limitBytes }) })

describe('pictures', () => {
  it('are asked for once per step of size, then come from memory, also after a restart', async () => {
    await using rig = createLibraryRig()
    const images = open(rig)
    for (const [w, h] of [
      [158, 237],
      [160, 240],
      [120, 200],
    ] as const)
      expect([...(await images.getImage('s', path, w, h)).bytes]).toEqual([1, 2, 3])
    expect(rig.server.asked).toEqual([`image ${path} 160x240`])
    await rig.restart()
    rig.sources.connect('s', 'offline')
    expect((await open(rig).getImage('s', path, 150, 230)).mime).toBe('image/jpeg')
  })

  it('offline come in the size there is, the nearest that is large enough', async () => {
    await using rig = createLibraryRig()
    const images = open(rig)
    for (const side of [160, 960, 480]) {
      rig.server.image = { bytes: new Uint8Array([side / 10]), mime: 'image/png' }
      await images.getImage('s', path, side, side)
    }
    rig.sources.connect('s', 'offline')
    const size = async (side: number) => [...(await images.getImage('s', path, side, side)).bytes]
    expect(await size(200)).toEqual([48])
    expect(await size(900)).toEqual([96])
    expect(await size(2000)).toEqual([96])
    await expect(images.getImage('s', '/library/metadata/2/thumb/1', 1, 1)).rejects.toMatchObject({
      code: 'source-unreachable',
    })
  })

  it('stay within their room, the least used going first', async () => {
    await using rig = createLibraryRig()
    const images = open(rig, 1000)
    rig.server.image = { bytes: new Uint8Array(300), mime: 'image/webp' }
    const get = (n: number) => images.getImage('s', `/library/metadata/${n}/thumb/1`, 100, 100)
    for (const n of [1, 2, 3]) {
      await get(n)
      rig.clock.advance(7_200_000)
    }
    await get(1)
    await get(4)
    const kept = rig.now.db.prepare('SELECT path FROM library_images ORDER BY path').pluck().all()
    expect(kept).toEqual([
      '/library/metadata/1/thumb/1',
      '/library/metadata/3/thumb/1',
      '/library/metadata/4/thumb/1',
    ])
    const bytes = rig.now.db.prepare('SELECT sum(size_bytes) FROM library_images').pluck().get()
    expect(bytes).toBe(900)
  })

  it('are nothing else', async () => {
    await using rig = createLibraryRig()
    const images = open(rig)
    for (const other of ['/identity', '/library/metadata/1', '/library/parts/1/2/file.mkv', `${path}?x=1`])
      await expect(images.getImage('s', other, 1, 1)).rejects.toMatchObject({ code: 'bad-params' })
    expect(rig.server.asked).toEqual([])
    await expect(images.getImage('other', path, 1, 1)).rejects.toMatchObject({ code: 'unknown-source' })
    rig.server.image = { bytes: new Uint8Array(1), mime: 'text/html' }
    await expect(images.getImage('s', path, 1, 1)).rejects.toMatchObject({ code: 'bad-reply' })
  })
})

it.each([
  [1, 160],
  [160, 160],
  [161, 240],
  [9999, 2560],
  [0, 480],
  [Number.NaN, 480],
])('%d pixels are %d', (pixels, step) => expect(roundUp(pixels)).toBe(step))

it.each([
  ['/library/metadata/7/thumb/1', true],
  ['/library/metadata/7/art/17', true],
  ['/library/collections/7/composite/17', true],
  ['/library/metadata/../parts/thumb/1', false],
  ['/library/metadata/7/thumb/1/../../x', false],
  ['/library/metadata/7/file/1', false],
  ['https://example.org/library/metadata/7/thumb/1', false],
  ['/:/resources/movie.png', false],
])('%s is a picture path: %s', (candidate, isOne) => {
  expect(isImagePath(candidate)).toBe(isOne)
  expect(imageUrl('s', candidate) !== null).toBe(isOne)
})
