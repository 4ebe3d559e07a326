import { z } from 'zod'
import { patchSchema } from '../../settings/settings-schema.ts'
import { none, mediaId, quality, ratingKey, sourceId } from '../params.ts'
import type { MethodsOf } from '../method-table.ts'
import type { RpcServices } from '../services.ts'

type AppMethods = MethodsOf<'accounts'> & MethodsOf<'playback'> & MethodsOf<'settings'> & MethodsOf<'app'>

const playerStates = ['playing', 'paused', 'buffering', 'stopped'] as const

/** `accounts.*`, `playback.*`, `settings.*`, `app.*`. */
export function createAppMethods(services: RpcServices): AppMethods {
  const { accounts, playback, settings } = services
  return {
    'accounts.addServer': {
      schema: z.strictObject({ address: z.string().trim().min(1).max(2000), token: z.string().max(2000) }),
      handle: (params, signal) => accounts.addServer(params.address, params.token, signal),
    },
    'accounts.removeServer': {
      schema: z.strictObject({ sourceId }),
      handle: (params) => accounts.removeServer(params.sourceId),
    },
    'accounts.retry': {
      schema: z.strictObject({ sourceId }),
      handle: (params, signal) => accounts.retry(params.sourceId, signal),
    },
    'playback.open': {
      schema: z.strictObject({ sourceId, ratingKey, mediaId, takeOver: z.boolean().exactOptional() }),
      handle: (params, signal, callerId) => playback.open(params, callerId, signal),
    },
    'playback.report': {
      schema: z.strictObject({
        playbackId: z.string().min(1).max(100),
        state: z.enum(playerStates),
        positionMs: z.number().min(0).max(Number.MAX_SAFE_INTEGER),
        quality,
      }),
      handle: (params) => playback.report(params),
    },
    'settings.get': { schema: none, handle: () => settings.get() },
    'settings.set': {
      schema: patchSchema,
      handle: (patch) => settings.set(patch),
    },
    'app.getInfo': { schema: none, handle: () => services.getAppInfo() },
  }
}
