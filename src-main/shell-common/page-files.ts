import { readFile } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'
import { pageHeaders } from './page-headers.ts'

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
}

/** Serves the built page. Never rejects. */
export type PageFiles = (pathname: string, method: string) => Promise<Response>

/**
 * Files of `folder`; any path that is not a file's name gets the page itself, whose router knows it.
 * Names under `/assets/` carry a hash of their content, so they are kept for good; the rest is asked for anew each time.
 */
export function createPageFiles(folder: string): PageFiles {
  return async (pathname, method) => {
    if (method !== 'GET' && method !== 'HEAD')
      return plain(405, 'Only reading is possible here.\n', { allow: 'GET, HEAD' })
    const name = fileNameOf(pathname)
    if (name === null) return plain(404, 'There is no such file.\n')
    const bytes = await read(join(folder, name))
    if (bytes === null && name === 'index.html')
      return plain(503, 'The page has not been built. Run "npm run build".\n')
    if (bytes === null) return plain(404, 'There is no such file.\n')
    return new Response(method === 'HEAD' ? null : bytes, {
      headers: {
        ...pageHeaders,
        'content-type': contentTypes[extname(name).toLowerCase()] ?? 'application/octet-stream',
        'content-length': String(bytes.byteLength),
        'cache-control': name.startsWith(`assets${sep}`) ? 'public, max-age=31536000, immutable' : 'no-cache',
      },
    })
  }
}

/** Relative to the folder, never outside of it; null when it cannot be one. */
function fileNameOf(pathname: string): string | null {
  let decoded: string
  try {
    decoded = decodeURIComponent(pathname)
  } catch {
    return null
  }
  if (decoded.includes('\0') || decoded.includes('\\')) return null
  const name = normalize(decoded).replace(/^[/\\]+/, '')
  if (name.split(sep).includes('..')) return null
  return extname(name) === '' ? 'index.html' : name
}

async function read(path: string): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return new Uint8Array(await readFile(path))
  } catch {
    return null
  }
}

/** A sentence instead of a page. */
export function plain(
  status: number,
  sentence: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(sentence, {
    status,
    headers: {
      ...pageHeaders,
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      ...headers,
    },
  })
}
