/** How long everything together may take to end, ms; the bootstrap waits a little longer before it uses force. */
export const shutdownDeadlineMs = 2400

/**
 * Calls `shutDown` once when this process is asked to end, and ends it when that is done or the deadline has passed.
 * Returns a function that asks the same from inside.
 */
export function endWhenAsked(shutDown: () => Promise<void>): () => void {
  let isEnding = false
  const end = (): void => {
    if (isEnding) return
    isEnding = true
    const tooLate = setTimeout(() => process.exit(1), shutdownDeadlineMs)
    void shutDown()
      .catch((error: unknown) => process.stderr.write(`${String(error)}\n`))
      .finally(() => {
        clearTimeout(tooLate)
        process.exit(process.exitCode ?? 0)
      })
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, end)
  return end
}
