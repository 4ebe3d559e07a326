import type { PreloadWire } from '../../../src-preload/contract/index.ts'
import type { Wire } from './wire.ts'

/** The wire of the Electron shell. Page and core live and die together, so it is always open. */
export function createPreloadWire(spool: PreloadWire): Wire {
  return {
    status: 'open',
    post: (frame) => spool.post(frame),
    onFrame: (listener) => spool.onFrame(listener),
    onStatus: () => () => undefined,
    close: () => undefined,
  }
}
