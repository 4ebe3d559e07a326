import type { Wire, WireStatus } from './wire.ts'

/** The part of `WebSocket` this wire needs; tests pass their own. */
export type SocketFactory = (url: string) => WebSocket

const firstDelayMs = 250
const longestDelayMs = 5000

/** How long to wait before attempt number `attempt` (from 1): doubling, at most five seconds, no attempt before 250 ms. */
export const backoffMs = (attempt: number): number =>
  Math.min(longestDelayMs, firstDelayMs * 2 ** Math.max(0, attempt - 1))

/** The wire of the browser shell: one WebSocket, opened again whenever it closes. */
export function createSocketWire(url: string, open: SocketFactory = (to) => new WebSocket(to)): Wire {
  const frameListeners = new Set<(frame: string) => void>()
  const statusListeners = new Set<(status: WireStatus) => void>()
  let status: WireStatus = 'connecting'
  let socket: WebSocket | null = null
  let attempt = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let isClosed = false

  const setStatus = (next: WireStatus): void => {
    if (next === status) return
    status = next
    for (const listener of [...statusListeners]) listener(next)
  }

  const connect = (): void => {
    const current = open(url)
    socket = current
    current.addEventListener('open', () => {
      attempt = 0
      setStatus('open')
    })
    current.addEventListener('message', (event: MessageEvent) => {
      const frame: unknown = event.data
      if (typeof frame === 'string') for (const listener of [...frameListeners]) listener(frame)
    })
    current.addEventListener('close', () => {
      if (isClosed || socket !== current) return
      socket = null
      attempt += 1
      setStatus('down')
      timer = setTimeout(connect, backoffMs(attempt))
    })
  }
  connect()

  return {
    get status() {
      return status
    },
    post: (frame) => socket?.send(frame),
    onFrame(listener) {
      frameListeners.add(listener)
      return () => frameListeners.delete(listener)
    },
    onStatus(listener) {
      statusListeners.add(listener)
      return () => statusListeners.delete(listener)
    },
    close() {
      isClosed = true
      clearTimeout(timer)
      socket?.close()
    },
  }
}
