import { z } from 'zod'
import { none, ratingKey, sectionId, sourceId } from '../params.ts'
import type { MethodsOf } from '../method-table.ts'
import type { RpcServices } from '../services.ts'

/** `library.*`: everything browses from memory while a source is off. */
export function createLibraryMethods({ kits, library, sources }: RpcServices): MethodsOf<'library'> {
  const item = z.strictObject({ sourceId, ratingKey })
  return {
    'library.getSources': { schema: none, handle: () => sources.getSources() },
    'library.getSections': {
      schema: z.strictObject({ sourceId }),
      handle: (params, signal) => library.getSections(params.sourceId, signal),
    },
    'library.getItems': {
      schema: z.strictObject({
        sourceId,
        sectionId,
        offset: z.int().min(0),
        limit: z.int().min(0).max(1000),
        sort: z.enum(['title', 'addedAt', 'year']).exactOptional(),
        filter: z.enum(['all', 'unwatched', 'offline']).exactOptional(),
      }),
      handle: (params, signal) => library.getItems(params, signal),
    },
    'library.getChildren': {
      schema: item,
      handle: (params, signal) => library.getChildren(params.sourceId, params.ratingKey, signal),
    },
    'library.getItem': {
      schema: item,
      handle: (params, signal, callerId) =>
        library.getItem(params.sourceId, params.ratingKey, callerId, signal),
    },
    'library.getHome': { schema: none, handle: (_, signal) => library.getHome(signal) },
    'library.getKept': { schema: none, handle: (_, signal) => library.getKept(signal) },
    'library.getSpace': { schema: none, handle: () => ({ bytesUsed: kits.totalBytes }) },
    'library.search': {
      schema: z.strictObject({ query: z.string().max(200) }),
      handle: (params, signal) => library.search(params.query, signal),
    },
    'library.setWatched': {
      schema: z.strictObject({ sourceId, ratingKey, isWatched: z.boolean() }),
      handle: (params, signal) =>
        library.setWatched(params.sourceId, params.ratingKey, params.isWatched, signal),
    },
  }
}
