/**
 * Whether a server answers, as a state machine. Decisions only; `connection-monitor.ts` sends the probes.
 * While off, nothing but one probe per interval goes out.
 */
export interface ConnectionState {
  readonly reach: 'unknown' | 'on' | 'off'
  readonly isProbing: boolean
  /** A request failed: whoever wants the network waits for the probe that is under way. */
  readonly isSuspected: boolean
  readonly isClosed: boolean
}

export type ConnectionEvent =
  /** Start, or the interval is over. */
  | 'due'
  | 'probe-succeeded'
  | 'probe-failed'
  /** A request met no server. */
  | 'network-failed'
  | 'closed'

export type ConnectionEffect = 'probe' | 'wait-interval' | 'announce' | 'settle' | 'cut-requests' | 'cancel'

export const initialConnection: ConnectionState = {
  reach: 'unknown',
  isProbing: false,
  isSuspected: false,
  isClosed: false,
}

interface ConnectionStep {
  readonly state: ConnectionState
  readonly effects: readonly ConnectionEffect[]
}

export function stepConnection(state: ConnectionState, event: ConnectionEvent): ConnectionStep {
  if (state.isClosed) return { state, effects: [] }
  switch (event) {
    case 'due':
      if (state.isProbing) return { state, effects: [] }
      return { state: { ...state, isProbing: true }, effects: ['probe'] }
    case 'network-failed':
      // Known to be off: the next probe comes in its own time.
      if (state.reach === 'off') return { state, effects: [] }
      return {
        state: { ...state, isProbing: true, isSuspected: true },
        effects: state.isProbing ? [] : ['probe'],
      }
    case 'probe-succeeded':
      if (!state.isProbing) return { state, effects: [] }
      return {
        state: { ...state, reach: 'on', isProbing: false, isSuspected: false },
        effects: ['wait-interval', ...announced(state, 'on'), 'settle'],
      }
    case 'probe-failed':
      if (!state.isProbing) return { state, effects: [] }
      return {
        state: { ...state, reach: 'off', isProbing: false, isSuspected: false },
        effects: ['wait-interval', 'cut-requests', ...announced(state, 'off'), 'settle'],
      }
    case 'closed':
      return {
        state: { ...state, reach: 'off', isProbing: false, isClosed: true },
        effects: ['cancel', 'settle'],
      }
  }
}

const announced = (state: ConnectionState, reach: 'on' | 'off'): readonly ConnectionEffect[] =>
  state.reach === reach ? [] : ['announce']

/** `go`: use the network. `wait`: a probe decides in a moment. `stop`: fail without touching the network. */
export function admission(state: ConnectionState): 'go' | 'wait' | 'stop' {
  if (state.isClosed || state.reach === 'off') return 'stop'
  if (state.reach === 'unknown') return 'wait'
  return state.isSuspected ? 'wait' : 'go'
}
