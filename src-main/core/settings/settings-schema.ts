import { isAbsolute, normalize } from 'node:path'
import { z } from 'zod'
import type { Settings, SettingsPatch } from '../../../src-preload/contract/index.ts'
import { parseQuality } from '../quality/quality-name.ts'

/** `automatic`, or a quality name; aliases become canonical. Tracks of one film make no default. */
const defaultQuality = z.string().transform((name, context) => {
  if (name === 'automatic') return name
  const parsed = parseQuality(name)
  if (parsed && parsed.audioStreamId === null && parsed.burnedSubtitleId === null) return parsed.quality
  context.addIssue({
    code: 'custom',
    message: `"${name}" is not a quality: use automatic, original, or a name such as 720p`,
  })
  return z.NEVER
})

const bytes = z.int('must be a whole number of bytes').min(0, 'must not be below 0')

const folder = z
  .string()
  .refine((path) => isAbsolute(path), 'must be an absolute path')
  .refine((path) => !path.includes('\0'), 'must be a path')
  .transform((path) => normalize(path))

const fields = {
  cacheLimitBytes: bytes,
  cacheFolder: folder,
  reserveBytes: bytes,
  backgroundKbps: z.int().min(1, 'must be at least 1, or null for no ceiling').nullable(),
  volume: z.number().min(0).max(1),
  isMuted: z.boolean(),
  theme: z.enum(['system', 'dark', 'light']),
  allowExternalPlayers: z.boolean(),
}

const connections = { lan: defaultQuality, wan: defaultQuality, relay: defaultQuality }

/** Any part of the settings, as a caller sends it. */
export const patchSchema: z.ZodType<SettingsPatch> = z
  .strictObject({ ...fields, defaultQuality: z.strictObject(connections).exactPartial() })
  .exactPartial()

/** The sound ones among the fields of a file of ours: one that was spoilt by hand must not take the others with it. */
export function salvageSettings(
  value: unknown,
  defaults: Settings,
): { settings: Settings; spoilt: string[] } {
  const spoilt: string[] = []
  const given = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  const read = <T>(schema: z.ZodType<T>, name: string, source: Record<string, unknown>, fallback: T): T => {
    if (!(name in source)) return fallback
    const result = schema.safeParse(source[name])
    if (result.success) return result.data
    spoilt.push(name)
    return fallback
  }
  const qualities = (given['defaultQuality'] ?? {}) as Record<string, unknown>
  const settings: Settings = {
    cacheLimitBytes: read(fields.cacheLimitBytes, 'cacheLimitBytes', given, defaults.cacheLimitBytes),
    cacheFolder: read(fields.cacheFolder, 'cacheFolder', given, defaults.cacheFolder),
    reserveBytes: read(fields.reserveBytes, 'reserveBytes', given, defaults.reserveBytes),
    backgroundKbps: read(fields.backgroundKbps, 'backgroundKbps', given, defaults.backgroundKbps),
    defaultQuality:
      typeof qualities === 'object'
        ? {
            lan: read(defaultQuality, 'lan', qualities, defaults.defaultQuality.lan),
            wan: read(defaultQuality, 'wan', qualities, defaults.defaultQuality.wan),
            relay: read(defaultQuality, 'relay', qualities, defaults.defaultQuality.relay),
          }
        : defaults.defaultQuality,
    volume: read(fields.volume, 'volume', given, defaults.volume),
    isMuted: read(fields.isMuted, 'isMuted', given, defaults.isMuted),
    theme: read(fields.theme, 'theme', given, defaults.theme),
    allowExternalPlayers: read(
      fields.allowExternalPlayers,
      'allowExternalPlayers',
      given,
      defaults.allowExternalPlayers,
    ),
  }
  return { settings, spoilt }
}
