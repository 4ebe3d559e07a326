import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** Decides what a request from this computer may reach. Other programs and other web pages can send requests too. */
export interface PageGate {
  /** False for a name that somebody else's DNS points at this computer, see "DNS rebinding". */
  isOwnHost(host: string | null): boolean
  readonly isOwnOrigin: (origin: string) => boolean
  /** Whether `token` opens the page: the app's own does always, a pass once. */
  admits(token: string): boolean
  /** Opens the page once. For a browser's command line, which every user of this computer can read. */
  issuePass(): string
  /** Whether the browser was let in before. */
  hasCookie(cookieHeader: string | null): boolean
  /** `Set-Cookie` that lets the browser in from now on. */
  readonly setCookie: string
}

/** `port` is the one listened on, on 127.0.0.1; `token` what the app's address carries. */
export function createPageGate(port: number, token: string): PageGate {
  // Browsers leave the port out where it is http's own.
  const hosts = ['127.0.0.1', 'localhost'].map((name) => (port === 80 ? name : `${name}:${port}`))
  const expected = digest(token)
  const isToken = (given: string): boolean => timingSafeEqual(digest(given), expected)
  // Not the token itself: a browser hands a cookie to every server on this computer, and the token runs scripts.
  const cookie = createHmac('sha256', token).update('page cookie').digest('base64url')
  const isCookie = (given: string): boolean => timingSafeEqual(digest(given), digest(cookie))
  const passes = new Set<string>()
  // Cookies know no ports: a name of its own for each, so that two apps do not log each other out.
  const cookieName = `spool-${port}`
  return {
    isOwnHost: (host) => host !== null && hosts.includes(host.toLowerCase()),
    isOwnOrigin: (origin) => hosts.some((host) => origin === `http://${host}`),
    admits: (given) => isToken(given) || passes.delete(given),
    issuePass() {
      const pass = randomBytes(16).toString('base64url')
      passes.add(pass)
      return pass
    },
    hasCookie: (header) => cookiesNamed(cookieName, header ?? '').some(isCookie),
    setCookie: `${cookieName}=${cookie}; Path=/; HttpOnly; SameSite=Strict`,
  }
}

function cookiesNamed(name: string, header: string): readonly string[] {
  return header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1))
}

/** Of one length whatever the text: the time a comparison takes says nothing. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
