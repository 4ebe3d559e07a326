import type { SourceId } from '../../../../src-preload/contract/index.ts'
import type { HlsSession, MediaUpstream, UpstreamReply } from '../../cache/upstream.ts'
import type { BodyMeter, LinkMeter } from './link-meter.ts'

/** The same upstream, with everything that is read from it told to the meter of its source. */
export function measureUpstream(
  upstream: MediaUpstream,
  meterOf: (sourceId: SourceId) => LinkMeter,
): MediaUpstream {
  return {
    plan: (key, signal) => upstream.plan(key, signal),
    async fetchBytes(key, plan, asked, signal) {
      return measured(await upstream.fetchBytes(key, plan, asked, signal), meterOf(key.sourceId))
    },
    confirm: (key, signal) => upstream.confirm(key, signal),
    renewAccess: (sourceId, signal) => upstream.renewAccess(sourceId, signal),
    async openSession(key, plan, startMs, purpose, signal) {
      const session = await upstream.openSession(key, plan, startMs, purpose, signal)
      return session === 'busy'
        ? session
        : measuredSession(session, plan.segmentMs, () => meterOf(key.sourceId))
    },
    isReachable: (sourceId) => upstream.isReachable(sourceId),
    onReachabilityChange: (listener) => upstream.onReachabilityChange(listener),
  }
}

function measuredSession(session: HlsSession, segmentMs: number, meterNow: () => LinkMeter): HlsSession {
  return {
    sessionId: session.sessionId,
    playlist: session.playlist,
    ended: session.ended,
    async fetchSegment(uri, signal) {
      const meter = meterNow()
      const prepared = meter.preparing(segmentMs)
      try {
        const reply = await session.fetchSegment(uri, signal)
        prepared(reply.status === 200)
        // Of unknown length, it is sent while it is being made: its pace is the encoder's.
        return reply.headers['content-length'] === undefined ? reply : measured(reply, meter)
      } finally {
        prepared(false)
      }
    },
    stop: () => session.stop(),
  }
}

function measured(reply: UpstreamReply, meter: LinkMeter): UpstreamReply {
  return { ...reply, body: measuredBody(reply.body, meter.body()), discard: () => reply.discard() }
}

async function* measuredBody(body: AsyncIterable<Uint8Array>, meter: BodyMeter): AsyncIterable<Uint8Array> {
  const pieces = body[Symbol.asyncIterator]()
  try {
    for (;;) {
      meter.asked()
      const piece = await pieces.next()
      if (piece.done === true) return
      meter.came(piece.value.length)
      yield piece.value
    }
  } finally {
    meter.ended()
    await pieces.return?.()
  }
}
