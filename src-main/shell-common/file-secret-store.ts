import { readFileSync, renameSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { SecretStore } from '../core/ports.ts'
import { FlagError } from './read-flags.ts'

/** Secrets in a JSON file of the data folder, readable by its owner only: what a computer without a keychain can do. */
export function createFileSecretStore(dataDir: string, fileName = 'secrets.json'): SecretStore {
  const path = join(dataDir, fileName)
  const secrets = new Map(Object.entries(readAll(path)))
  // Writes one after another: two at once would each keep only their own change.
  let last: Promise<void> = Promise.resolve()
  const save = (): Promise<void> => {
    last = last.catch(() => undefined).then(() => writeAll(path, Object.fromEntries(secrets)))
    return last
  }
  return {
    get: (name) => Promise.resolve(secrets.get(name) ?? null),
    set(name, value) {
      secrets.set(name, value)
      return save()
    },
    delete: (name) => (secrets.delete(name) ? save() : Promise.resolve()),
  }
}

/** Throws a FlagError when there is a file and it cannot be read: the next write would take the place of what is in it. */
function readAll(path: string): Record<string, string> {
  const text = readText(path)
  if (text === null) return {}
  const secrets = parse(text)
  if (secrets !== null) return secrets
  // The servers ask for their tokens again; what a person could still find in it stays beside.
  renameSync(path, `${path}.damaged-${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')}`)
  return {}
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code = 'error' } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return null
    throw new FlagError(
      `Spool cannot read ${path} (${code}). Make it readable, or name another folder with --data DIR.`,
      { cause: error },
    )
  }
}

/** Null when it is damaged. */
function parse(text: string): Record<string, string> | null {
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return null
    return Object.fromEntries(
      Object.entries(parsed).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    )
  } catch {
    return null
  }
}

async function writeAll(path: string, secrets: Record<string, string>): Promise<void> {
  const temporary = `${path}.new`
  const file = await open(temporary, 'w', 0o600)
  try {
    await file.chmod(0o600)
    await file.writeFile(JSON.stringify(secrets))
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(temporary, path)
}
