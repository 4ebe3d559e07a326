import type { DemoContext } from '../demo-context.ts'
import { bytesReply, type Reply } from '../http/reply.ts'
import { route, type Route } from '../http/router.ts'
import { changeControl, type ControlState } from './control.ts'
import type { Counters } from './counters.ts'

/** Where the control's state lives and takes effect. */
export interface Controlled {
  readonly control: ControlState
  readonly counters: Counters
  apply(next: ControlState): void
}

/** What tests and benchmarks steer the server with. Open, never counted, never delayed, always answered. */
export function controlRoutes(server: Controlled, demo: DemoContext): Route[] {
  const open = { isOpen: true }
  return [
    route('GET', '/demo/control', () => json(server.control), open),
    route(
      'POST',
      '/demo/control',
      async (context) => {
        try {
          server.apply(changeControl(server.control, JSON.parse((await context.readBody()) || '{}')))
          return json(server.control)
        } catch (error) {
          return json({ error: error instanceof Error ? error.message : String(error) }, 400)
        }
      },
      open,
    ),
    route('GET', '/demo/counters', () => json({ ...server.counters.snapshot(), ...encoders(demo) }), open),
    route(
      'POST',
      '/demo/counters/reset',
      () => {
        server.counters.reset()
        return json({ ...server.counters.snapshot(), ...encoders(demo) })
      },
      open,
    ),
  ]
}

function encoders({ sessions }: DemoContext) {
  const rows = sessions.all.map((session) => ({ ...session.state, ...session.source }))
  return {
    encoders: rows.flatMap(({ request, plan, headSegment, pid }) =>
      pid === null
        ? []
        : {
            session: request.session,
            clientIdentifier: request.clientIdentifier,
            ratingKey: `${request.ratingKey}`,
            width: plan.width,
            kbps: plan.totalKbps,
            headSegment,
            pid,
          },
    ),
    sessions: rows.length,
    starts: sessions.starts,
  }
}

function json(value: unknown, status = 200): Reply {
  return bytesReply(Buffer.from(JSON.stringify(value)), 'application/json', status)
}
