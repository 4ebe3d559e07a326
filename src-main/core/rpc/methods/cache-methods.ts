import { z } from 'zod'
import type { CacheKey, OfTitle } from '../../../../src-preload/contract/index.ts'
import { parseMediaId } from '../../library/media-id.ts'
import { keyShape, mediaId, none, sourceId } from '../params.ts'
import type { MethodsOf } from '../method-table.ts'
import { createKeyResolver } from '../resolve-key.ts'
import type { RpcServices } from '../services.ts'

const bytes = z.int().min(0)

/** The cache knows media ids only; the page asks for titles. */
const withTitle = <Row extends { readonly key: CacheKey }>(row: Row): Row & OfTitle => ({
  ...row,
  ratingKey: parseMediaId(row.key.mediaId)?.ratingKey ?? null,
})

/** `cache.*`: names are made canonical and checked here, the rest is the FileCache's. */
export function createCacheMethods(services: RpcServices): MethodsOf<'cache'> {
  const { cache, planner, streamUrls } = services
  const keys = createKeyResolver(services)
  const key = z.strictObject(keyShape)
  return {
    'cache.getCachedStreamWithQuality': {
      schema: key,
      async handle(params, signal) {
        const resolved = await keys.resolve(params, signal)
        return streamUrls.toStream(await cache.getCachedStreamWithQuality(resolved, signal))
      },
    },
    'cache.getCachedStream': {
      schema: z.strictObject({ sourceId, mediaId }),
      async handle(params, signal, callerId) {
        const planned = await planner.plan(params.sourceId, params.mediaId, callerId, signal)
        return streamUrls.toStream(await cache.getCachedStreamWithQuality(planned.key, signal))
      },
    },
    'cache.preCache': {
      schema: z.strictObject({ ...keyShape, pin: z.boolean().exactOptional() }),
      handle: async ({ pin = true, ...named }, signal) =>
        cache.preCache(await keys.resolve(named, signal), pin, signal),
    },
    'cache.stopPreCache': {
      schema: key,
      handle: async (params, signal) => cache.stopPreCache(await keys.resolve(params, signal), signal),
    },
    'cache.pausePreCache': {
      schema: key,
      handle: async (params, signal) => cache.pausePreCache(await keys.resolve(params, signal), signal),
    },
    'cache.movePreCache': {
      schema: z.strictObject({ ...keyShape, to: z.enum(['first', 'earlier', 'later', 'last']) }),
      handle: async ({ to, ...named }, signal) =>
        cache.movePreCache(await keys.resolve(named, signal), to, signal),
    },
    'cache.getDownloads': {
      schema: none,
      handle: async (_, signal) => (await cache.getDownloads(signal)).map(withTitle),
    },
    'cache.isCached': {
      schema: key,
      handle: async (params, signal) => cache.isCached(await keys.resolve(params, signal), signal),
    },
    'cache.removeFromCache': {
      schema: z.strictObject({ ...keyShape, force: z.boolean().exactOptional() }),
      handle: async ({ force = false, ...named }, signal) =>
        cache.removeFromCache(await keys.resolve(named, signal), force, signal),
    },
    'cache.setPinned': {
      schema: z.strictObject({ ...keyShape, pinned: z.boolean() }),
      handle: async ({ pinned, ...named }, signal) =>
        cache.setPinned(await keys.resolve(named, signal), pinned, signal),
    },
    'cache.getStats': { schema: none, handle: (_, signal) => cache.getStats(signal) },
    'cache.getDiagnostics': { schema: none, handle: (_, signal) => cache.getDiagnostics(signal) },
    'cache.getCurrentStats': {
      schema: key,
      handle: async (params, signal) => cache.getCurrentStats(await keys.resolve(params, signal), signal),
    },
    'cache.clearCache': {
      schema: z.strictObject({ includePinned: z.boolean().exactOptional() }),
      handle: ({ includePinned = false }, signal) => cache.clearCache(includePinned, signal),
    },
    'cache.cleanupCache': {
      schema: z.strictObject({ targetBytes: bytes.exactOptional() }),
      handle: ({ targetBytes }, signal) => cache.cleanupCache(targetBytes ?? null, signal),
    },
    'cache.getHistory': {
      schema: z.strictObject({ limit: z.int().min(1).max(1000).exactOptional() }),
      handle: ({ limit = 100 }, signal) => cache.getHistory(limit, signal),
    },
    'cache.holdAhead': {
      schema: z.strictObject({
        ...keyShape,
        fromMs: z.int().min(0),
        segments: z.int().min(1).max(10),
        keptOnly: z.boolean().exactOptional(),
      }),
      handle: async ({ fromMs, segments, keptOnly = false, ...named }, signal) => {
        const wanted = { fromMs, count: segments, isKeptOnly: keptOnly }
        return { held: await cache.holdAhead(await keys.resolve(named, signal), wanted, signal) }
      },
    },
    'cache.verify': {
      schema: z.union([none, key]),
      handle: async (params, signal) =>
        cache.verify('quality' in params ? await keys.resolve(params as CacheKey, signal) : null, signal),
    },
    'cache.getEntries': {
      schema: none,
      handle: async (_, signal) => (await cache.getEntries(signal)).map(withTitle),
    },
  }
}
