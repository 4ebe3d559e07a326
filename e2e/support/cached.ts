import { expect } from '@playwright/test'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { CacheKey } from '../../src-preload/contract/index.ts'
import type { App } from './app-process.ts'

/** Keeps a quality and waits until all of it is here. */
export async function keepAll(app: App, key: CacheKey, timeoutMs = 90_000): Promise<void> {
  await app.call('cache.preCache', key)
  await becomesComplete(app, key, timeoutMs)
}

/** Waits until all of a quality is here; a download that was given up is not waited for. */
export async function becomesComplete(app: App, key: CacheKey, timeoutMs = 90_000): Promise<void> {
  await expect
    .poll(() => standing(app, key), { timeout: timeoutMs, intervals: [250] })
    .toMatch(/^(complete|failed)/)
  expect(await standing(app, key)).toBe('complete')
}

/** `complete`, or how far it is and why not farther. */
async function standing(app: App, key: CacheKey): Promise<string> {
  if ((await app.call('cache.isCached', key)).cached) return 'complete'
  const downloads = await app.call('cache.getDownloads', {})
  // `720p` may be asked for, which is `720p-4000k`.
  const own = downloads.find(
    ({ key: { mediaId, quality } }) => mediaId === key.mediaId && quality.startsWith(key.quality),
  )
  if (own === undefined) return 'not among the downloads'
  return `${own.state}: ${own.reason ?? 'no reason'}, ${own.bytesPresent} of ${own.bytesTotal ?? 'unknown'} bytes`
}

/** Folders of one quality on disk, by the readable part of their names. */
export function foldersOf(app: App, quality: string): string[] {
  const root = join(app.dataDir, 'cache')
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name.includes(`__${quality}~`))
    .map((entry) => join(root, entry.name))
}
