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

export async function becomesComplete(app: App, key: CacheKey, timeoutMs = 90_000): Promise<void> {
  await expect
    .poll(async () => (await app.call('cache.isCached', key)).cached, {
      timeout: timeoutMs,
      intervals: [250],
    })
    .toBe(true)
}

/** Folders of one quality on disk, by the readable part of their names. */
export function foldersOf(app: App, quality: string): string[] {
  const root = join(app.dataDir, 'cache')
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name.includes(`__${quality}~`))
    .map((entry) => join(root, entry.name))
}
