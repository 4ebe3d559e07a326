export { connect } from './connect.ts'
export type { RpcClient } from './rpc-client.ts'
export {
  RpcProvider,
  callKey,
  useAct,
  useCall,
  useRpc,
  useTopicListener,
  useWireStatus,
} from './rpc-context.tsx'
export { toRpcError } from './rpc-error.ts'
