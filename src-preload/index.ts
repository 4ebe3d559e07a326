import { contextBridge, ipcRenderer } from 'electron'
import { ipcChannel, type PreloadWire } from './contract/index.ts'

/** All that the page gets of Electron: two functions. No event object crosses, and no channel can be chosen. */
const wire: PreloadWire = {
  post: (frame) => ipcRenderer.send(ipcChannel, frame),
  onFrame(listener) {
    const forward = (_event: unknown, frame: string): void => listener(frame)
    ipcRenderer.on(ipcChannel, forward)
    return () => void ipcRenderer.off(ipcChannel, forward)
  },
}

contextBridge.exposeInMainWorld('spool', wire)
