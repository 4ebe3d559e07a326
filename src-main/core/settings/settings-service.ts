import { statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Settings, SettingsPatch } from '../../../src-preload/contract/index.ts'
import { badParams } from '../bad-params.ts'
import type { Clock } from '../base/clock.ts'
import { Emitter } from '../base/emitter.ts'
import type { Logger } from '../ports.ts'
import { SpoolError } from '../spool-error.ts'
import { defaultSettings, type DiskSize } from './default-settings.ts'
import { checkWritableFolder, readSettingsFile, writeSettingsFile } from './settings-file.ts'
import { patchSchema, salvageSettings } from './settings-schema.ts'

/** What the user chose, kept in `settings.json`. */
export interface SettingsService {
  get(): Settings
  /** Checks a patch, writes it, tells the listeners, and gives all settings. Throws `bad-params` and changes nothing when any part is wrong. */
  set(patch: SettingsPatch): Promise<Settings>
  onChange(listener: (settings: Settings) => void): Disposable
  /** Where a damaged file was moved at start. */
  readonly damaged: { readonly asidePath: string } | null
}

export interface SettingsServiceOptions {
  /** Absolute; exists. */
  readonly dataDir: string
  /** What the cache holds: it counts as free, or the limit that nobody chose would shrink at every start by half of what was kept. */
  readonly heldBytes?: number
  readonly clock: Clock
  readonly logger: Logger
}

export async function openSettings({
  dataDir,
  heldBytes = 0,
  clock,
  logger,
}: SettingsServiceOptions): Promise<SettingsService> {
  const path = join(dataDir, 'settings.json')
  const disk = await diskOf(join(dataDir, 'cache'))
  const defaults = defaultSettings(
    dataDir,
    disk === null ? null : { ...disk, freeBytes: disk.freeBytes + heldBytes },
  )
  const file = readSettingsFile(path, clock.now())
  if (file.result === 'damaged') logger.error('settings.damaged', { asidePath: file.asidePath })
  const { settings: initial, spoilt } = salvageSettings(file.result === 'read' ? file.value : {}, defaults)
  if (spoilt.length > 0) logger.warn('settings.ignored', { fields: spoilt })

  const changed = new Emitter<Settings>((error) =>
    logger.error('settings.listener', { cause: String(error) }),
  )
  let current = initial
  // Patches are applied one after another, so that two at once do not undo each other.
  let last: Promise<unknown> = Promise.resolve()

  const apply = async (patch: SettingsPatch): Promise<Settings> => {
    const parsed = patchSchema.safeParse(patch)
    if (!parsed.success) throw badParams(parsed.error)
    const { defaultQuality, ...others } = parsed.data
    const next: Settings = {
      ...current,
      ...others,
      defaultQuality: { ...current.defaultQuality, ...defaultQuality },
    }
    if (JSON.stringify(next) === JSON.stringify(current)) return current
    if (next.cacheFolder !== current.cacheFolder) await checkFolder(next.cacheFolder)
    await writeSettingsFile(path, next).catch((error: unknown) => {
      throw writeFailure(error)
    })
    current = next
    changed.emit(next)
    return next
  }

  return {
    get: () => current,
    set(patch) {
      const result = last.then(() => apply(patch))
      last = result.catch(() => undefined)
      return result
    },
    onChange: (listener) => changed.on(listener),
    damaged: file.result === 'damaged' ? { asidePath: file.asidePath } : null,
  }
}

async function checkFolder(path: string): Promise<void> {
  try {
    await checkWritableFolder(path)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'error'
    throw new SpoolError('bad-params', {
      detail: `cacheFolder: Spool cannot write to ${path} (${code})`,
      cause: error,
    })
  }
}

function writeFailure(error: unknown): unknown {
  return (error as NodeJS.ErrnoException).code === 'ENOSPC'
    ? new SpoolError('disk-full', { cause: error })
    : error
}

/** The disk of the nearest folder above `path` that exists. */
async function diskOf(path: string): Promise<DiskSize | null> {
  try {
    const { blocks, bavail, bsize } = await statfs(path)
    return { totalBytes: blocks * bsize, freeBytes: bavail * bsize }
  } catch {
    const above = dirname(path)
    return above === path ? null : diskOf(above)
  }
}
