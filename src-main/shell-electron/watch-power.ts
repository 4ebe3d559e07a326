import { powerMonitor } from 'electron'
import type { Core } from '../core/create-core.ts'

/** Tells the core when the computer goes to sleep and when it is back, as the system tells Electron. */
export function watchPower(core: Pick<Core, 'sleep' | 'wake'>): void {
  powerMonitor.on('suspend', () => void core.sleep())
  // A core that is closing has nothing to begin again.
  powerMonitor.on('resume', () => void core.wake().catch(() => undefined))
}
