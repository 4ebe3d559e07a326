/** What the core needs from whatever hosts it. Each shell implements these; the core imports neither Electron nor a DOM. */
import type { Clock } from './base/clock.ts'

/** Structured logging. `event` is a fixed short name; values go into `details`. Tokens and raw URLs never do. */
export interface Logger {
  debug(event: string, details?: Readonly<Record<string, unknown>>): void
  info(event: string, details?: Readonly<Record<string, unknown>>): void
  warn(event: string, details?: Readonly<Record<string, unknown>>): void
  error(event: string, details?: Readonly<Record<string, unknown>>): void
}

/** Keeps access tokens: the system's keychain in Electron, a file of mode 0600 in the browser shell. */
export interface SecretStore {
  get(name: string): Promise<string | null>
  set(name: string, value: string): Promise<void>
  delete(name: string): Promise<void>
}

/** Keeps the computer awake until disposed. */
export interface PowerBlocker {
  keepDisplayAwake(): Disposable
  keepComputerAwake(): Disposable
}

/** Shows overall progress of background work on the taskbar or dock; null takes it away. */
export interface ProgressSink {
  show(fraction: number | null): void
}

export interface Notifier {
  notify(title: string, body: string): void
}

/** Opens an allow-listed https page outside the app. */
export interface ExternalOpener {
  open(url: string): Promise<void>
}

export interface Paths {
  /** Absolute; holds cache.db, library.db, settings.json, secrets.json, logs and, unless moved, cache/. */
  readonly dataDir: string
  /** Absolute path of the folder with `cache/` and `library/` migrations. */
  readonly migrationsDir: string
}

export interface CorePorts {
  readonly paths: Paths
  readonly clock: Clock
  readonly logger: Logger
  readonly secrets: SecretStore
  readonly power: PowerBlocker
  readonly progress: ProgressSink
  readonly notifier: Notifier
  readonly opener: ExternalOpener
}
