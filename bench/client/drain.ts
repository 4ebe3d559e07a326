import { connect } from 'node:net'

const bufferBytes = 1024 * 1024

/** Reads a whole file as fast as it comes, into one buffer over and over: what is measured is the server. Answers bytes and ms. */
export function drain(url: string): Promise<{ readonly bytes: number; readonly durationMs: number }> {
  const { hostname, port, pathname } = new URL(url)
  const startedAt = performance.now()
  return new Promise((resolve, reject) => {
    let head = ''
    let expected: number | null = null
    let bytes = 0
    const socket = connect({
      host: hostname,
      port: Number(port),
      onread: {
        buffer: Buffer.allocUnsafe(bufferBytes),
        callback(length, buffer) {
          bytes += length
          if (expected === null) {
            head += Buffer.from(buffer.buffer, buffer.byteOffset, length).toString('latin1')
            const end = head.indexOf('\r\n\r\n')
            if (end < 0) return true
            if (!/^HTTP\/1\.1 20[06] /.test(head)) throw new Error(head.slice(0, 200))
            expected = end + 4 + Number(/content-length: (\d+)/i.exec(head)?.[1])
          }
          if (bytes >= expected) {
            socket.destroy()
            resolve({ bytes, durationMs: performance.now() - startedAt })
          }
          return true
        },
      },
    })
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('closed early')))
    socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\n\r\n`)
  })
}

/** Plays a file at a steady rate for a while: reads as much as is due, five times a second. Answers the bytes. */
export function play(url: string, mbps: number, durationMs: number): Promise<number> {
  const { hostname, port, pathname } = new URL(url)
  return new Promise((resolve, reject) => {
    let bytes = 0
    const startedAt = performance.now()
    const socket = connect({ host: hostname, port: Number(port) })
    const tick = setInterval(() => {
      const elapsedMs = performance.now() - startedAt
      if (elapsedMs >= durationMs) socket.destroy()
      else if (bytes < (elapsedMs * mbps * 1000) / 8) socket.resume()
    }, 50)
    socket.on('data', (piece) => {
      bytes += piece.length
      if (bytes >= ((performance.now() - startedAt) * mbps * 1000) / 8) socket.pause()
    })
    socket.on('error', reject)
    socket.on('close', () => {
      clearInterval(tick)
      resolve(bytes)
    })
    socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\n\r\n`)
  })
}
