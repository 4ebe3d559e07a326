import { errorSentences } from '../../src-preload/contract/index.ts'
import type { RpcClient } from '../lib/rpc/rpc-client.ts'
import { RpcError } from '../lib/rpc/rpc-error.ts'
import { DeckError } from './deck.ts'
import type { Failure } from './player-store.ts'

/** What the player needs of the page's RPC client. */
export type CoreCalls = Pick<RpcClient, 'call' | 'subscribe'>

export const isAbort = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'AbortError'

/** Any caught value as code, sentence for people, and details for a report. */
export function toFailure(error: unknown): Failure {
  if (error instanceof RpcError) return { code: error.code, sentence: error.message, details: error.message }
  if (error instanceof DeckError)
    return { code: error.code, sentence: error.sentence, details: error.message }
  return { code: 'internal', sentence: errorSentences.internal, details: String(error) }
}
