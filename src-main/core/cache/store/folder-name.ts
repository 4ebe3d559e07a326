import { createHash } from 'node:crypto'
import type { CacheKey } from '../../../../src-preload/contract/index.ts'

/** Names Windows keeps for devices, with any extension. */
const deviceName = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\.|$)/

/**
 * At most `length` characters of `[a-z0-9.-]` that a person recognises `text` by: no `__` can be in it, it neither begins nor ends with
 * a dot or dash, and it is no Windows device name. Says nothing about identity: many texts share a slug.
 */
export function slug(text: string, length = 40): string {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/\.{2,}/g, '.')
  const trimmed = plain
    .replace(/^[-.]+/, '')
    .slice(0, length)
    .replace(/[-.]+$/, '')
  if (trimmed === '') return 'x'
  return deviceName.test(trimmed) ? `x-${trimmed}`.slice(0, length).replace(/[-.]+$/, '') : trimmed
}

/** 16 hex characters that differ for different keys. JSON keeps the three fields apart whatever is in them. */
export function keyHash(key: CacheKey): string {
  const fields = JSON.stringify([key.sourceId, key.mediaId, key.quality])
  return createHash('sha256').update(fields).digest('hex').slice(0, 16)
}

interface FolderNameParts {
  readonly key: CacheKey
  readonly title: string
  readonly sourceName: string
  /** `[a-z0-9]+`, new each time: a name is never used again. */
  readonly random: string
}

/** The folder of one generation below `cache/`, as `surface.md` fixes it. For people; never parsed back. */
export function folderName({ key, title, sourceName, random }: FolderNameParts): string {
  const source = slug(sourceName)
  const media = `${slug(title)}-${slug(key.mediaId)}`
  return `${source}__${media}__${slug(key.quality)}~${keyHash(key)}-${random}`
}

/** Whether a folder below `cache/` looks like one of ours; anything else there is never touched. */
export const isFolderName = (name: string): boolean =>
  /^[a-z0-9.-]+__[a-z0-9.-]+__[a-z0-9.-]+~[0-9a-f]{16}-[a-z0-9]{8,}$/.test(name)
