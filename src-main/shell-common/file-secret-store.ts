import { readFileSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { SecretStore } from '../core/ports.ts'

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

function readAll(path: string): Record<string, string> {
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof parsed !== 'object' || parsed === null) return {}
    return Object.fromEntries(
      Object.entries(parsed).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    )
  } catch {
    // Gone or damaged: the servers ask for their tokens again, which is all that can be done.
    return {}
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
