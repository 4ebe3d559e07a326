import { ipcMain, type IpcMainEvent, type WebContents } from 'electron'
import { ipcChannel } from '../../src-preload/contract/index.ts'
import { Emitter } from '../core/base/emitter.ts'
import type { Wire } from '../core/rpc/wire.ts'
import { pageOrigin } from './spool-scheme.ts'

/** A wire that its maker can feed and end. */
interface IpcWire extends Wire {
  receive(frame: string): void
  end(): void
}

/**
 * Gives a wire for every load of the window's page, and ends it when the page goes. The one way from page to core:
 * a frame counts only from this window's main frame and our own origin. Disposing ends the wire.
 */
export function serveIpc(contents: WebContents, connect: (wire: Wire) => void): Disposable {
  let current: IpcWire | null = null
  const endCurrent = (): void => {
    const wire = current
    current = null
    wire?.end()
  }
  const onFrame = (event: IpcMainEvent, frame: unknown): void => {
    if (!isOwnPage(event, contents) || typeof frame !== 'string') return
    if (current === null) {
      current = createIpcWire(contents)
      connect(current)
    }
    current.receive(frame)
  }
  // Committed: what the page before had begun is over, and what comes from now on is of the new one.
  contents.on('did-navigate', endCurrent)
  contents.on('render-process-gone', endCurrent)
  contents.on('destroyed', endCurrent)
  ipcMain.on(ipcChannel, onFrame)
  return {
    [Symbol.dispose]() {
      ipcMain.off(ipcChannel, onFrame)
      endCurrent()
    },
  }
}

/** `senderFrame` is null when the frame has gone or navigated since it sent. */
function isOwnPage({ sender, senderFrame }: IpcMainEvent, contents: WebContents): boolean {
  if (sender.id !== contents.id || senderFrame === null) return false
  return senderFrame.parent === null && senderFrame.origin === pageOrigin
}

function createIpcWire(contents: WebContents): IpcWire {
  const frames = new Emitter<string>()
  const closed = new Emitter<void>()
  let isOver = false
  return {
    post(frame) {
      if (!isOver && !contents.isDestroyed()) contents.send(ipcChannel, frame)
    },
    onFrame: (listener) => frames.on(listener),
    onClose: (listener) => closed.on(listener),
    // The page broke the rules of the wire: a fresh one will not.
    close() {
      if (!isOver && !contents.isDestroyed()) contents.reload()
    },
    receive(frame) {
      if (!isOver) frames.emit(frame)
    },
    end() {
      if (isOver) return
      isOver = true
      closed.emit()
    },
  }
}
