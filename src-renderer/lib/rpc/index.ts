export { connect } from './connect.ts'
export { type RpcClient, createRpcClient } from './rpc-client.ts'
export {
  type CallOptions,
  RpcProvider,
  callKey,
  useAct,
  useCall,
  useRpc,
  useTopic,
  useTopicListener,
  useWireStatus,
} from './rpc-context.tsx'
export { RpcError, coreGone, toRpcError } from './rpc-error.ts'
export type { Wire, WireStatus } from './wire.ts'
