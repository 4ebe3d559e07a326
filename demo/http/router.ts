import type { Reply } from './reply.ts'
import type { RequestContext } from './request-context.ts'

/** Answers a request. */
export type Handler = (context: RequestContext) => Reply | Promise<Reply>

/** A path pattern with `{name}` parts, the methods it takes, and who answers. */
export interface Route {
  readonly methods: readonly string[]
  readonly pattern: RegExp
  readonly isOpen: boolean
  readonly handler: Handler
}

/** A route; `isOpen` ones need no token. */
export function route(
  methods: string,
  path: string,
  handler: Handler,
  { isOpen = false }: { isOpen?: boolean } = {},
): Route {
  const source = path.replace(/[.$]/g, '\\$&').replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')
  return { methods: methods.split(' '), pattern: new RegExp(`^${source}$`), isOpen, handler }
}

/** The route of a request and the named parts of its path; null when no path matches, 'method' when no method does. */
export function findRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): { route: Route; params: Record<string, string> } | 'method' | null {
  const matching = routes.filter((each) => each.pattern.test(path))
  const found = matching.find((each) => each.methods.includes(method))
  if (!found) return matching.length > 0 ? 'method' : null
  return { route: found, params: { ...found.pattern.exec(path)?.groups } }
}
