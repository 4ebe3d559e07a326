import type { ErrorPayload } from './errors.ts'

/**
 * What travels over a wire, in both directions, as one JSON text each. Ids are chosen by the caller and unique per wire.
 * A call is answered by exactly one `ok` or `err`, also after `abort`.
 */
export type ClientFrame =
  | { readonly t: 'call'; readonly id: number; readonly m: string; readonly p: unknown }
  | { readonly t: 'abort'; readonly id: number }
  | { readonly t: 'sub'; readonly topic: string }
  | { readonly t: 'unsub'; readonly topic: string }

export type ServerFrame =
  | { readonly t: 'ok'; readonly id: number; readonly v: unknown }
  | { readonly t: 'err'; readonly id: number; readonly e: ErrorPayload }
  | { readonly t: 'ev'; readonly topic: string; readonly v: unknown }

/** The two functions the Electron preload puts on `window.spool`; the browser shell has none and opens a WebSocket at `wirePath`. */
export interface PreloadWire {
  post(frame: string): void
  /** Returns a function that stops listening. */
  onFrame(listener: (frame: string) => void): () => void
}

/** The one channel between preload and main, in both directions. */
export const ipcChannel = 'spool:frame'

export const wirePath = '/wire'
export const rpcPath = '/rpc'
/** A frame longer than this closes the wire; a `POST /rpc` body longer than this is answered 413. */
export const maxFrameBytes = 1024 * 1024
