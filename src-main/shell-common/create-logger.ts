import { existsSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { makeFolderSync } from '../core/make-folder.ts'
import type { Logger } from '../core/ports.ts'
import { FlagError } from './read-flags.ts'

const largestFileBytes = 5 * 1024 * 1024
const keptFiles = 3

export interface FileLogger {
  readonly logger: Logger
  /** Writes out what is still in memory. */
  readonly flush: () => void
}

/** The log of one run, in `<dataDir>/logs/spool.log`. Warnings and errors also go to stderr. Tokens never go anywhere. */
export function createFileLogger(dataDir: string): FileLogger {
  const folder = join(dataDir, 'logs')
  makeLogFolder(folder)
  rotate(folder)
  const file = pino.destination({ dest: join(folder, 'spool.log'), sync: false })
  // A log that cannot be written, on a full disk for one, is no reason to end.
  file.on('error', () => undefined)
  endQuietly(file)
  const level = process.env['SPOOL_LOG'] === 'debug' ? 'debug' : 'info'
  const root = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: [...secretPaths], censor: '•••' },
    },
    pino.multistream([
      { level, stream: file },
      { level: 'warn', stream: process.stderr },
    ]),
  )
  return {
    logger: toLogger((severity, event, details) => root[severity](withoutTokens(details), event)),
    flush: () => file.flushSync(),
  }
}

/** pino flushes at every exit too, where a throw would take the place of the exit code: a log that cannot be written changes nothing. */
function endQuietly(file: ReturnType<typeof pino.destination>): void {
  const flush = file.flushSync.bind(file)
  file.flushSync = () => {
    try {
      flush()
    } catch {
      // Opened asynchronously: nothing can be lost before it is open but the first lines of a failed start.
    }
  }
}

/** Throws a FlagError with a sentence for people when the logs cannot be kept there. */
function makeLogFolder(folder: string): void {
  try {
    makeFolderSync(folder)
  } catch (error) {
    const isFile = existsSync(folder)
    const why = isFile ? 'there is a file of that name' : ((error as NodeJS.ErrnoException).code ?? 'error')
    const way = isFile ? 'Move it away, or name' : 'Name'
    throw new FlagError(
      `Spool cannot keep its logs in ${folder}: ${why}. ${way} another folder with --data DIR.`,
      { cause: error },
    )
  }
}

type Severity = 'debug' | 'info' | 'warn' | 'error'

function toLogger(
  write: (severity: Severity, event: string, details: Readonly<Record<string, unknown>>) => void,
): Logger {
  return {
    debug: (event, details = {}) => write('debug', event, details),
    info: (event, details = {}) => write('info', event, details),
    warn: (event, details = {}) => write('warn', event, details),
    error: (event, details = {}) => write('error', event, details),
  }
}

const secretNames = ['token', 'accessToken', 'authorization', 'cookie', 'X-Plex-Token', 'secret']
const secretPaths = secretNames.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`])

/** Tokens inside texts, such as the address in an error's message. */
const tokenInText = /((?:X-Plex-Token|token)["']?\s*[=:]\s*["']?)[\w.~%+/-]+|(Bearer\s+)[\w.~+/-]+/gi
const externalPath = /(\/x\/\d+\/)[\w-]+/g

export function withoutTokens<T>(value: T): T {
  if (typeof value === 'string')
    return value.replaceAll(tokenInText, '$1$2•••').replaceAll(externalPath, '$1•••') as T
  if (value instanceof Error) return withoutTokens(value.stack ?? value.message) as T
  if (Array.isArray(value)) return value.map((entry) => withoutTokens(entry as unknown)) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, withoutTokens(field as unknown)]),
  ) as T
}

/** `spool.log` → `spool.1.log` → `spool.2.log`, once the first has grown large. */
function rotate(folder: string): void {
  const path = (age: number): string => join(folder, age === 0 ? 'spool.log' : `spool.${age}.log`)
  if (!existsSync(path(0)) || statSync(path(0)).size < largestFileBytes) return
  for (let age = keptFiles - 2; age >= 0; age -= 1)
    if (existsSync(path(age))) renameSync(path(age), path(age + 1))
}
