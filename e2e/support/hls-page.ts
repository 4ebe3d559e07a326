import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Page } from '@playwright/test'

/** What came of playing a list to its end. */
export interface HlsOutcome {
  readonly errors: readonly string[]
  readonly hasEnded: boolean
  readonly durationSeconds: number
  /** Of each segment, how many discontinuities lie before it. */
  readonly continuity: readonly number[]
  /** Pictures as they were shown: when, of the title, and how wide. */
  readonly shown: readonly { readonly mediaTime: number; readonly width: number }[]
}

const library = join(import.meta.dirname, '../../node_modules/hls.js/dist/hls.light.min.js')

/** Serves files over HTTP and plays `index.m3u8` of them through the player's own hls.js in a bare page, at twice the speed. */
export async function playList(
  page: Page,
  files: ReadonlyMap<string, string | Uint8Array>,
): Promise<HlsOutcome> {
  const all = new Map<string, string | Uint8Array>([
    ...files,
    ['', '<!doctype html><script src="hls.js"></script><video muted></video>'],
    ['hls.js', await readFile(library)],
  ])
  const server = createServer((request, response) => {
    const name = (request.url ?? '/').slice(1)
    const body = all.get(name)
    if (body === undefined) return void response.writeHead(404).end()
    const type = name === '' ? 'text/html' : name.endsWith('.js') ? 'text/javascript' : 'video/mp2t'
    response.writeHead(200, { 'content-type': type }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    return await page.evaluate(playInPage)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

/** Runs in the page. */
async function playInPage(): Promise<HlsOutcome> {
  interface Player {
    on(event: 'hlsError', listener: (name: string, data: { readonly details: string }) => void): void
    on(
      event: 'hlsLevelLoaded',
      listener: (
        name: string,
        data: { readonly details: { readonly fragments: readonly { readonly cc: number }[] } },
      ) => void,
    ): void
    loadSource(url: string): void
    attachMedia(video: HTMLVideoElement): void
  }
  const { Hls } = window as unknown as { Hls: new (config: object) => Player }
  const video = document.querySelector('video')
  if (video === null) throw new Error('the page has no video')
  const hls = new Hls({ enableWorker: false })
  const errors: string[] = []
  const shown: { mediaTime: number; width: number }[] = []
  let continuity: readonly number[] = []
  hls.on('hlsLevelLoaded', (_name, { details }) => (continuity = details.fragments.map(({ cc }) => cc)))
  hls.on('hlsError', (_name, { details }) => errors.push(details))
  const note = (_now: number, { mediaTime, width }: VideoFrameCallbackMetadata): void => {
    shown.push({ mediaTime, width })
    video.requestVideoFrameCallback(note)
  }
  video.requestVideoFrameCallback(note)
  const over = new Promise<boolean>((resolve) => {
    video.addEventListener('ended', () => resolve(true))
    setTimeout(() => resolve(false), 40_000)
  })
  hls.loadSource('index.m3u8')
  hls.attachMedia(video)
  await new Promise((resolve) => video.addEventListener('canplay', resolve, { once: true }))
  video.playbackRate = 2
  await video.play()
  const hasEnded = await over
  return { errors, hasEnded, durationSeconds: video.duration, continuity, shown }
}
