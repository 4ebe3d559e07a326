import { z } from 'zod'
import { parseMediaId } from '../../library/media-id.ts'
import { patchSchema } from '../../settings/settings-schema.ts'
import { keyShape, none, mediaId, quality, ratingKey, sourceId } from '../params.ts'
import type { MethodsOf } from '../method-table.ts'
import type { RpcServices } from '../services.ts'

type AppMethods = MethodsOf<'accounts'> & MethodsOf<'playback'> & MethodsOf<'settings'> & MethodsOf<'app'>

const names = z.array(z.string().min(1).max(40)).max(100)
const pixels = z.int().min(0).max(100_000)
const report = z.strictObject({
  agent: z.string().min(1).max(1000),
  capabilities: z.strictObject({
    containers: names,
    video: z
      .array(
        z.strictObject({
          codec: z.string().min(1).max(40),
          bitDepth: z.int().min(1).max(16),
          width: pixels,
          height: pixels,
        }),
      )
      .max(100),
    audio: names,
    playsRungs: z.boolean(),
  }),
})
const ms = z.number().min(0).max(Number.MAX_SAFE_INTEGER)
const view = z.strictObject({
  ...keyShape,
  changingTo: quality.nullable(),
  isAutomatic: z.boolean(),
  picture: z.enum(['moving', 'standing', 'resting']),
  positionMs: ms,
  bufferedMs: ms,
  sinceSeekMs: ms.nullable(),
  speed: z.number().min(0.1).max(16),
  failed: quality.nullable(),
})

const streamId = z.string().regex(/^\d{1,15}$/)
const playerStates = ['playing', 'paused', 'buffering', 'stopped'] as const

/** `accounts.*`, `playback.*`, `settings.*`, `app.*`. */
export function createAppMethods(services: RpcServices): AppMethods {
  const { accounts, playback, settings, capabilities, automatic } = services
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
    'accounts.setConnection': {
      schema: z.strictObject({ sourceId, connection: z.enum(['lan', 'wan', 'relay']).nullable() }),
      handle: (params) => accounts.setConnection(params.sourceId, params.connection),
    },
    'playback.open': {
      schema: z.strictObject({ sourceId, ratingKey, mediaId, takeOver: z.boolean().exactOptional() }),
      handle: (params, signal, callerId) => playback.open(params, callerId, signal),
    },
    'playback.setTracks': {
      schema: z.strictObject({
        sourceId,
        mediaId,
        audioId: streamId.nullable(),
        subtitleId: streamId.nullable(),
      }),
      handle({ sourceId: of, mediaId: file, ...tracks }) {
        services.tracks.put(of, file, tracks)
        services.library.noteChanged(of, parseMediaId(file)?.ratingKey ?? null)
        return tracks
      },
    },
    'playback.report': {
      schema: z.strictObject({
        playbackId: z.string().min(1).max(100),
        state: z.enum(playerStates),
        positionMs: ms,
        quality,
      }),
      handle: (params) => playback.report(params),
    },
    'playback.setCapabilities': {
      schema: report,
      handle(params, _signal, callerId) {
        capabilities.set(callerId, params)
        return { accepted: true }
      },
    },
    'playback.noteUndecodable': {
      schema: z.strictObject({ sourceId, mediaId, missing: z.enum(['picture', 'sound']) }),
      handle: async (params, signal, callerId) => ({
        noted: await capabilities.note(callerId, params.sourceId, params.mediaId, params.missing, signal),
      }),
    },
    'playback.observe': {
      schema: view,
      handle: (params, signal, callerId) => automatic.observe(params, callerId, signal),
    },
    'playback.getAutomaticLog': { schema: none, handle: () => automatic.getLog() },
    'settings.get': { schema: none, handle: () => settings.get() },
    'settings.set': {
      schema: patchSchema,
      handle: (patch) => settings.set(patch),
    },
    'app.getInfo': { schema: none, handle: () => services.getAppInfo() },
  }
}
