import type { ByteReader, OpenFile, OpenHls, OpenMedia } from '../../cache/handle.ts'
import { SpoolError } from '../../spool-error.ts'
import type { Ladders } from '../ladders.ts'

/** Media held in memory, for tests of what serves it. Counts what is open, so that a leak shows. */
export class MemoryMedia {
  readonly files = new Map<number, { readonly bytes: Uint8Array; readonly mime: string }>()
  readonly playlists = new Map<
    number,
    { readonly text: string; readonly segments: ReadonlyMap<string, Uint8Array> }
  >()
  /** Names of segments that need no server. */
  readonly kept = new Set<string>()
  /** Reading at or behind this offset fails with this error. */
  failure: { readonly at: number; readonly error: Error } | null = null
  /** Reading at or behind this offset waits until the reader is cancelled. */
  stallAt = Number.POSITIVE_INFINITY
  /** Where players of playlists said they would begin. */
  readonly playlistStarts: (number | undefined)[] = []
  openCount = 0
  readCount = 0
  cancelCount = 0
  readonly pieceBytes: number

  constructor(pieceBytes = 64 * 1024) {
    this.pieceBytes = pieceBytes
  }

  /** Qualities are the numbers of entries here. */
  readonly ladders: Ladders = {
    write: async (entryId) => `#EXTM3U\n${entryId}.m3u8\n`,
    openRung: async (_entryId, quality) => {
      const media = await this.openMedia(Number(quality))
      if (media.kind === 'hls') return media
      media[Symbol.dispose]()
      throw new SpoolError('unknown-media')
    },
  }

  async openMedia(entryId: number): Promise<OpenMedia> {
    const file = this.files.get(entryId)
    if (file) return this.#openFile(entryId, file)
    const playlist = this.playlists.get(entryId)
    if (playlist) return this.#openHls(entryId, playlist)
    throw new SpoolError('unknown-media')
  }

  #openFile(entryId: number, { bytes, mime }: { bytes: Uint8Array; mime: string }): OpenFile {
    return {
      kind: 'file',
      entryId,
      mime,
      etag: `"generation-${entryId}"`,
      size: async () => bytes.byteLength,
      read: (start, end) => this.#reader(bytes, start, end),
      stream: () => this.#reader(bytes, 0, bytes.byteLength),
      [Symbol.dispose]: this.#disposer(),
    }
  }

  #openHls(
    entryId: number,
    { text, segments }: { text: string; segments: ReadonlyMap<string, Uint8Array> },
  ): OpenHls {
    return {
      kind: 'hls',
      entryId,
      etag: `"generation-${entryId}"`,
      playlist: async (_signal, startMs, folder = '') => {
        this.playlistStarts.push(startMs)
        return text.replace(/^\d/gm, `${folder}$&`)
      },
      segment: async (name) => {
        const bytes = segments.get(name)
        if (!bytes) throw new SpoolError('unknown-media')
        return {
          mime: 'video/mp2t',
          sizeBytes: bytes.byteLength,
          reader: this.#reader(bytes, 0, bytes.byteLength),
        }
      },
      keptSegment: async (name) => {
        const bytes = this.kept.has(name) ? segments.get(name) : undefined
        return bytes === undefined
          ? null
          : {
              mime: 'video/mp2t',
              sizeBytes: bytes.byteLength,
              reader: this.#reader(bytes, 0, bytes.byteLength),
            }
      },
      hold: async () => null,
      [Symbol.dispose]: this.#disposer(),
    }
  }

  #disposer(): () => void {
    this.openCount += 1
    let isDisposed = false
    return () => {
      if (isDisposed) throw new Error('disposed twice')
      isDisposed = true
      this.openCount -= 1
    }
  }

  #reader(bytes: Uint8Array, start: number, end: number): ByteReader {
    let position = start
    const cancelled = Promise.withResolvers<never>()
    cancelled.promise.catch(() => undefined)
    return {
      read: async () => {
        this.readCount += 1
        if (this.failure !== null && position >= this.failure.at) throw this.failure.error
        if (position >= this.stallAt) return await cancelled.promise
        if (position >= end) return null
        const piece = bytes.subarray(position, Math.min(end, position + this.pieceBytes))
        position += piece.byteLength
        return piece
      },
      cancel: () => {
        this.cancelCount += 1
        cancelled.reject(new SpoolError('cancelled'))
      },
    }
  }
}
