import type { Origin, OriginCounts } from '../measures/measure.ts'

const quietMs = 700

/** Talks to `bench/origin/origin.ts`. */
export function originAt(url: string): Origin {
  const counts = async (): Promise<OriginCounts> =>
    (await (await fetch(`${url}/.origin`)).json()) as OriginCounts
  return {
    url,
    counts,
    async shape(shape) {
      await (await fetch(`${url}/.origin`, { method: 'POST', body: JSON.stringify(shape) })).text()
    },
    async untilQuiet() {
      for (let before = -1; ;) {
        const { bytes } = await counts()
        if (bytes === before) return
        before = bytes
        await new Promise((resolve) => setTimeout(resolve, quietMs))
      }
    },
  }
}
