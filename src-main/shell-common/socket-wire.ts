import type { WebSocket } from 'ws'
import { Emitter } from '../core/base/emitter.ts'
import type { Wire } from '../core/rpc/wire.ts'

/** Many times what a page is ever behind. */
const mostUnreadBytes = 16 * 1024 * 1024

/** A page's WebSocket as a wire. */
export function createSocketWire(socket: WebSocket): Wire {
  const closed = new Emitter<void>()
  const frames = new Emitter<string>()
  socket.on('message', (data, isBinary) => {
    // The page sends text only; anything else is not our page.
    if (isBinary) socket.close(1003)
    else frames.emit((data as Buffer).toString('utf8'))
  })
  socket.once('close', () => closed.emit())
  // What went wrong is followed by `close`; without a listener it would end the process.
  socket.on('error', () => undefined)
  return {
    post(frame) {
      if (socket.readyState !== socket.OPEN) return
      // It reads no more, a tab put to sleep for one: when it wakes it connects anew.
      if (socket.bufferedAmount > mostUnreadBytes) socket.terminate()
      else socket.send(frame)
    },
    onFrame: (listener) => frames.on(listener),
    onClose: (listener) => closed.on(listener),
    close: () => socket.close(1008),
  }
}
