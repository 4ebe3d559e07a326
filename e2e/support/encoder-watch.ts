import type { DemoCounters } from './demo-process.ts'

/** Asks the server all along how many encoders live; `stop` gives the most there were at once. */
export function watchEncoders(demo: { counters(): Promise<DemoCounters> }): { stop(): Promise<number> } {
  let most = 0
  let isWatching = true
  const watching = (async () => {
    while (isWatching) {
      most = Math.max(most, (await demo.counters()).encoders.length)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  })()
  return {
    async stop() {
      isWatching = false
      await watching
      return most
    },
  }
}

/** How often the server was asked to decide about a transcode or to start one, since the counters were set to zero. */
export const transcodesAsked = ({ byPath }: DemoCounters): number =>
  Object.entries(byPath)
    .filter(([path]) => /\/transcode\/universal\/(decision|start)/.test(path))
    .reduce((sum, [, { requests }]) => sum + requests, 0)
