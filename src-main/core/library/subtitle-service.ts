import { unlessAborted } from '../base/control.ts'
import { SpoolError } from '../spool-error.ts'
import type { LibrarySources } from './library-port.ts'
import { toWebVtt } from './srt-to-vtt.ts'
import type { SubtitleStore } from './subtitle-store.ts'

/** Gives text subtitles of their own file as WebVTT, from memory once they were fetched. */
export interface SubtitleService {
  /** Throws `unknown-media` for a stream no item named, `unknown-source`, and what the source answers. */
  getSubtitle(sourceId: string, streamId: string, signal?: AbortSignal): Promise<string>
}

export interface SubtitleServiceOptions {
  readonly store: SubtitleStore
  readonly sources: LibrarySources
}

/** Longer than any film's subtitles by far. */
const longestBytes = 8 * 1024 * 1024

export function createSubtitleService({ store, sources }: SubtitleServiceOptions): SubtitleService {
  const running = new Map<string, Promise<string>>()

  const fetchText = async (sourceId: string, streamId: string, streamKey: string): Promise<string> => {
    const { bytes } = await sources.getClient(sourceId).getSubtitle(streamKey, AbortSignal.timeout(30_000))
    if (bytes.byteLength > longestBytes) throw new SpoolError('bad-reply', { detail: 'subtitles too long' })
    const vtt = toWebVtt(decodeText(bytes))
    store.putText(sourceId, streamId, vtt)
    return vtt
  }

  return {
    async getSubtitle(sourceId, streamId, signal) {
      const stored = store.get(sourceId, streamId)
      if (!stored) throw new SpoolError('unknown-media', { detail: `subtitles ${streamId}` })
      if (stored.vtt !== null) return stored.vtt
      const key = JSON.stringify([sourceId, streamId])
      let fetching = running.get(key)
      if (!fetching) {
        fetching = fetchText(sourceId, streamId, stored.streamKey).finally(() => running.delete(key))
        fetching.catch(() => undefined)
        running.set(key, fetching)
      }
      return signal ? unlessAborted(fetching, signal) : fetching
    },
  }
}

/** UTF-8 as the server promises, UTF-16 when it says so itself, else the Latin text of old files. */
export function decodeText(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}
