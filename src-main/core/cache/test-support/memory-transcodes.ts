import type { CacheKey } from '../../../../src-preload/contract/index.ts'
import type { HlsPlan, HlsSession, UpstreamReply } from '../upstream.ts'

/** A session's segment by its number; sessions are counted from 1 over all titles. */
export type SegmentMaker = (session: number, seq: number) => Uint8Array | undefined

/** A transcoder in memory for titles of one second a segment, each step of which waits for `step`. */
export class MemoryTranscodes {
  step: (call: string) => Promise<void> = () => Promise.resolve()
  /** Before each piece of a segment. */
  pieceStep: () => Promise<void> = () => Promise.resolve()
  readonly requests: { readonly mediaId: string; readonly session: number; readonly seq: number }[] = []
  sessions = 0
  openSessions = 0
  readonly #count: number
  readonly #segmentOf: SegmentMaker

  constructor(count: number, segmentOf: SegmentMaker) {
    this.#count = count
    this.#segmentOf = segmentOf
  }

  plan(key: CacheKey, version: number): HlsPlan {
    return {
      kind: 'hls',
      title: `Film ${key.mediaId}`,
      sourceName: 'Test',
      durationMs: this.#count * 1000,
      partKey: `/library/parts/${key.mediaId}/${version}/file.mkv`,
      mime: 'application/vnd.apple.mpegurl',
      bitrateKbps: 200,
      segmentMs: 1000,
      profile: 'test',
    }
  }

  async open(key: CacheKey, signal: AbortSignal): Promise<HlsSession> {
    await this.step('session')
    signal.throwIfAborted()
    const session = (this.sessions += 1)
    const end = new AbortController()
    this.openSessions += 1
    const lines = Array.from({ length: this.#count }, (_, seq) => `#EXTINF:1.000000,\n${seq}.ts\n`)
    return {
      sessionId: `session ${session}`,
      playlist: `#EXTM3U\n#EXT-X-TARGETDURATION:1\n${lines.join('')}#EXT-X-ENDLIST\n`,
      ended: end.signal,
      fetchSegment: async (uri, at): Promise<UpstreamReply> => {
        await this.step('segment')
        at.throwIfAborted()
        const seq = Number.parseInt(uri, 10)
        this.requests.push({ mediaId: key.mediaId, session, seq })
        const bytes = this.#segmentOf(session, seq)
        const status = bytes === undefined || end.signal.aborted ? 404 : 200
        return { status, headers: {}, body: pieces(bytes, this.pieceStep), discard: () => undefined }
      },
      stop: async () => {
        if (!end.signal.aborted) this.openSessions -= 1
        end.abort()
        await this.step('stop')
      },
    }
  }
}

async function* pieces(
  bytes: Uint8Array = new Uint8Array(),
  step: () => Promise<void>,
): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 5_000) {
    await step()
    yield bytes.subarray(at, at + 5_000)
  }
}
