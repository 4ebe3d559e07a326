import { app, powerMonitor } from 'electron'

/** How long the core may take to end, ms. */
const deadlineMs = 2400

/**
 * Calls `shutDown` once before the app quits, whoever asked for that: the user, a signal, or the computer going down.
 * The app quits when it is done, or has taken too long.
 */
export function endOnQuit(shutDown: (deadlineMs: number) => Promise<void>): void {
  let state: 'running' | 'ending' | 'ended' = 'running'
  const end = async (): Promise<void> => {
    if (state !== 'running') return
    state = 'ending'
    const tooLate = Promise.withResolvers<void>()
    const timer = setTimeout(tooLate.resolve, deadlineMs + 200)
    await Promise.race([shutDown(deadlineMs).catch(() => undefined), tooLate.promise])
    clearTimeout(timer)
    state = 'ended'
    app.quit()
  }
  app.on('before-quit', (event) => {
    if (state === 'ended') return
    event.preventDefault()
    void end()
  })
  // Electron's types leave the event out, its manual has it: it holds the computer for a moment (power-monitor.md).
  powerMonitor.on('shutdown', (event?: { preventDefault(): void }) => {
    if (state !== 'ended') event?.preventDefault()
    void end()
  })
  app.on('browser-window-created', (_event, window) => window.on('session-end', () => void end()))
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => app.quit())
}
