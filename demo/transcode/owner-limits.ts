import type { ControlState } from '../control/control.ts'
import { HttpError } from '../http/reply.ts'
import type { ReplyObject } from '../http/containers.ts'

/** Plex Relay carries 2 Mbit/s where the owner has Plex Pass. */
const RELAY_KBPS = 2000

/** The most that one stream may take: the owner's limit, or the relay's. */
export function streamLimitKbps({ relay, maxKbps }: Pick<ControlState, 'relay' | 'maxKbps'>): number | null {
  if (!relay) return maxKbps
  return maxKbps === null ? RELAY_KBPS : Math.min(RELAY_KBPS, maxKbps)
}

const TEXTS: Readonly<Record<number, string>> = {
  2000: 'Neither direct play nor conversion is available.',
  2001: 'Not enough bandwidth for any playback of this item.',
  2003: 'File is unplayable. DoVi (Profile 5) color space is not supported.',
  2004: 'Client profile is not known.',
  2006: 'The owner of this server has ended the playback.',
  2011: 'Downloads not allowed.',
  3000: 'App cannot direct play this item. Direct play is disabled.',
  3001: 'Not enough bandwidth for direct play of this item.',
  4005: 'No transcode target for the profile.',
}

/** A decision that is a refusal. Of the codes in several fields the particular one stands in `transcodeDecisionCode`, as in a recorded one. */
export function refusalContainer(code: number, limitKbps: number | null, text?: string): ReplyObject {
  const said = text ?? TEXTS[code] ?? `Refused with ${code}.`
  const general = code >= 2000 && code < 3000 && code !== 2003 ? code : 2000
  return {
    size: 0,
    ...(limitKbps === null ? {} : { availableBandwidth: limitKbps }),
    generalDecisionCode: general,
    generalDecisionText: general === code ? said : TEXTS[2000],
    transcodeDecisionCode: code,
    transcodeDecisionText: said,
    identifier: 'com.plexapp.plugins.library',
  }
}

/** "Convert it instead": what a decision says of a file that is more than the limit. */
export const directPlayTooMuch = (limitKbps: number): ReplyObject => ({
  availableBandwidth: limitKbps,
  directPlayDecisionCode: 3001,
  directPlayDecisionText: TEXTS[3001],
  generalDecisionCode: 1001,
  generalDecisionText: 'Direct play not available; Conversion OK.',
})

/** Reading a file over the limit: 509 after a decision, 500 when the server had to make one up. Seen on servers, see plex-api.md 4.4. */
export function refuseReading(fileKbps: number, limitKbps: number | null, hasSession: boolean): void {
  if (limitKbps !== null && fileKbps > limitKbps)
    throw new HttpError(hasSession ? 509 : 500, `${fileKbps} kbps where ${limitKbps} are allowed`)
}
