import { type PreloadWire, wirePath } from '../../../src-preload/contract/index.ts'
import { createPreloadWire } from './preload-wire.ts'
import { type RpcClient, createRpcClient } from './rpc-client.ts'
import { createSocketWire } from './socket-wire.ts'

declare global {
  interface Window {
    /** Only in Electron. */
    readonly spool?: PreloadWire
  }
}

/** The client for the shell this page was loaded by. */
export function connect(): RpcClient {
  if (window.spool !== undefined) return createRpcClient(createPreloadWire(window.spool))
  const url = new URL(wirePath, window.location.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return createRpcClient(createSocketWire(url.href))
}
