/** A quality name or `automatic`. */
export type DefaultQuality = string

export interface Settings {
  readonly cacheLimitBytes: number
  /** Absolute path; a change takes effect at the next start and moves nothing. */
  readonly cacheFolder: string
  /** Never fill the disk further than to this many free bytes. */
  readonly reserveBytes: number
  /** Ceiling for downloads in the background; null means none. */
  readonly backgroundKbps: number | null
  readonly defaultQuality: {
    readonly lan: DefaultQuality
    readonly wan: DefaultQuality
    readonly relay: DefaultQuality
  }
  /** 0–1. */
  readonly volume: number
  readonly isMuted: boolean
  readonly theme: 'system' | 'dark' | 'light'
  /** Only Electron asks: the browser shell always listens. */
  readonly allowExternalPlayers: boolean
}

export type SettingsPatch = Partial<Omit<Settings, 'defaultQuality'>> & {
  readonly defaultQuality?: Partial<Settings['defaultQuality']>
}
