import { safeStorage } from 'electron'
import type { Logger, SecretStore } from '../core/ports.ts'

export interface KeychainSecretStoreOptions {
  /** Where ciphertexts are kept. */
  readonly sealed: SecretStore
  /** What the browser shell keeps, which has no keychain: read, and moved over. */
  readonly plain: SecretStore
  readonly logger: Logger
}

/**
 * Secrets sealed by the system's keychain. Where there is none (`basic_text` is a fixed password of Chromium's),
 * they go where the browser shell keeps them: a file of the user's own.
 */
export async function createKeychainSecretStore(options: KeychainSecretStoreOptions): Promise<SecretStore> {
  const { sealed, plain, logger } = options
  if (!(await canSeal())) {
    logger.warn('secrets.no-keychain')
    return plain
  }
  const seal = async (name: string, value: string): Promise<void> => {
    const ciphertext = await safeStorage.encryptStringAsync(value)
    await sealed.set(name, ciphertext.toString('base64'))
    await plain.delete(name)
  }
  return {
    async get(name) {
      const ciphertext = await sealed.get(name)
      if (ciphertext !== null) {
        const opened = await open(ciphertext)
        if (opened === null) logger.warn('secrets.unreadable', { name })
        if (opened?.shouldReEncrypt === true) await seal(name, opened.result)
        if (opened !== null) return opened.result
      }
      const value = await plain.get(name)
      if (value !== null) await seal(name, value)
      return value
    },
    set: seal,
    async delete(name) {
      await Promise.all([sealed.delete(name), plain.delete(name)])
    },
  }
}

async function canSeal(): Promise<boolean> {
  if (process.platform === 'linux' && safeStorage.getSelectedStorageBackend() === 'basic_text') return false
  return await safeStorage.isAsyncEncryptionAvailable()
}

/** Null when the keychain's key is another one now, after a move to a new computer for one. */
async function open(ciphertext: string): Promise<{ result: string; shouldReEncrypt: boolean } | null> {
  try {
    return await safeStorage.decryptStringAsync(Buffer.from(ciphertext, 'base64'))
  } catch {
    return null
  }
}
