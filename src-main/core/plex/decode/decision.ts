import { z } from 'zod'
import { openContainer } from './container.ts'
import { count, filledText, flag, id, list, number } from './tolerant.ts'

const stream = z.object({ id, streamType: number, codec: filledText, decision: filledText, selected: flag })
const part = z.object({
  id,
  decision: filledText,
  protocol: filledText,
  container: filledText,
  selected: flag,
  Stream: list(stream),
})
const media = z.object({
  id,
  protocol: filledText,
  container: filledText,
  width: count,
  height: count,
  bitrate: count,
  selected: flag,
  Part: list(part),
})
const shape = z.object({
  generalDecisionCode: number,
  generalDecisionText: filledText,
  transcodeDecisionCode: number,
  transcodeDecisionText: filledText,
  mdeDecisionCode: number,
  mdeDecisionText: filledText,
  directPlayDecisionCode: number,
  directPlayDecisionText: filledText,
  availableBandwidth: number,
  Metadata: list(z.object({ Media: list(media) })),
})

/** What the server says it will do, of the version and part it selected. */
export interface PlexDecision {
  /** The worst of the codes that matter; 2000 and above mean no. */
  readonly code: number
  /** The server's own sentence for it. */
  readonly text: string | null
  /** Of sending the file as it is; 3xxx is no reason against converting it. Null when nothing is said of it. */
  readonly directPlay: { readonly code: number; readonly text: string | null } | null
  /** What the server says is left on the way. */
  readonly availableKbps: number | null
  readonly versionId: string | null
  readonly partId: string | null
  readonly protocol: string | null
  /** Of what will come: `mpegts`, `mp4`. */
  readonly container: string | null
  readonly width: number | null
  readonly height: number | null
  readonly bitrateKbps: number | null
  /** `directplay`, `transcode`, `copy`… */
  readonly partDecision: string | null
  readonly streams: readonly {
    readonly id: string
    readonly kind: 'video' | 'audio' | 'subtitle' | 'other'
    readonly codec: string | null
    readonly decision: string | null
    readonly isSelected: boolean
  }[]
}

const kinds = new Map([
  [1, 'video'],
  [2, 'audio'],
  [3, 'subtitle'],
] as const)

/** `/{video,music}/:/transcode/universal/decision`. `directPlayDecisionCode` 3xxx beside a general 1001 is normal and not looked at. */
export function decodeDecision(json: unknown): PlexDecision {
  const reply = shape.parse(openContainer(json))
  const codes = [
    { code: reply.generalDecisionCode, text: reply.generalDecisionText },
    { code: reply.transcodeDecisionCode, text: reply.transcodeDecisionText },
    { code: reply.mdeDecisionCode, text: reply.mdeDecisionText },
  ].flatMap(({ code, text }) => (code === null ? [] : [{ code, text }]))
  const refusals = codes.filter(({ code }) => code >= 2000)
  // The most particular refusal has the sentence that helps: 2003 "file is unplayable" rather than 2000 "neither".
  const shown = refusals.toSorted((a, b) => b.code - a.code)[0] ?? codes[0] ?? null
  const versions = reply.Metadata.flatMap((row) => row.Media)
  const version = versions.find((row) => row.selected) ?? versions[0] ?? null
  const chosen = version?.Part.find((row) => row.selected) ?? version?.Part[0] ?? null
  return {
    code: shown?.code ?? 0,
    text: shown?.text ?? null,
    directPlay:
      reply.directPlayDecisionCode === null
        ? null
        : { code: reply.directPlayDecisionCode, text: reply.directPlayDecisionText },
    availableKbps:
      reply.availableBandwidth !== null && reply.availableBandwidth > 0 ? reply.availableBandwidth : null,
    versionId: version?.id ?? null,
    partId: chosen?.id ?? null,
    container: chosen?.container ?? version?.container ?? null,
    protocol: chosen?.protocol ?? version?.protocol ?? null,
    width: version?.width ?? null,
    height: version?.height ?? null,
    bitrateKbps: version?.bitrate ?? null,
    partDecision: chosen?.decision ?? null,
    streams: (chosen?.Stream ?? []).map((row) => ({
      id: row.id,
      kind: kinds.get((row.streamType ?? 0) as 1 | 2 | 3) ?? 'other',
      codec: row.codec,
      decision: row.decision,
      isSelected: row.selected,
    })),
  }
}
