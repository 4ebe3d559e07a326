import { accessSync, constants } from 'node:fs'
import { makeFolderSync } from '../core/make-folder.ts'
import { FlagError } from './read-flags.ts'

/** Makes the data folder where it is missing. Throws a FlagError with a sentence for people when Spool cannot write there. */
export function openDataDir(path: string): void {
  try {
    makeFolderSync(path)
    accessSync(path, constants.W_OK | constants.X_OK)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'error'
    throw new FlagError(`Spool cannot write to ${path} (${code}). Name another folder with --data DIR.`, {
      cause: error,
    })
  }
}
