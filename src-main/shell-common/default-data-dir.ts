import { join } from 'node:path'

interface Machine {
  readonly platform: NodeJS.Platform
  readonly homeDir: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Where an app called `name` keeps its data when nobody says otherwise: XDG on Linux, the system's own place elsewhere. */
export function defaultDataDir(name: string, { platform, homeDir, env }: Machine): string {
  if (platform === 'win32') return join(env['APPDATA'] || join(homeDir, 'AppData', 'Roaming'), name)
  if (platform === 'darwin') return join(homeDir, 'Library', 'Application Support', name)
  return join(env['XDG_DATA_HOME'] || join(homeDir, '.local', 'share'), name)
}
