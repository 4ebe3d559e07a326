import type { Logger } from '../core/ports.ts'

/**
 * A promise that nobody waited for is a mistake of ours, and no reason to end a film: it is written down, and the app goes on.
 * Node would end the process. What is thrown outside of any promise still does.
 */
export function surviveLostRejections(logger: Logger): void {
  process.on('unhandledRejection', (reason) => {
    logger.error('process.lost-rejection', {
      cause: reason instanceof Error ? (reason.stack ?? reason.message) : String(reason),
    })
  })
}
