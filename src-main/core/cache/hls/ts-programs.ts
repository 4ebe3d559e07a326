import { tsPackets } from './ts-packets.ts'

/** Stream types that are pictures: MPEG-1, MPEG-2, MPEG-4, H.264, HEVC, VVC, AV1 is private; ISO/IEC 13818-1 table 2-34. */
const videoStreamTypes: ReadonlySet<number> = new Set([0x01, 0x02, 0x10, 0x1b, 0x24, 0x33])

/** AAC with ADTS headers. */
const adtsStreamType = 0x0f

interface TsStream {
  /** As in ISO/IEC 13818-1 table 2-34. */
  readonly type: number
  readonly pid: number
}

/** What the tables of a transport stream say about its first program. */
export interface TsProgram {
  readonly pcrPid: number
  readonly streams: readonly TsStream[]
  /** Null when no picture is announced. */
  readonly video: TsStream | null
  /** The first sound that is AAC. */
  readonly aac: TsStream | null
}

/** Reads PAT and PMT; null when either is not there. */
export function readTsProgram(bytes: Uint8Array): TsProgram | null {
  let pmtPid: number | null = null
  const tables = new Map<number, TableReader>()
  for (const { pid, isUnitStart, payload } of tsPackets(bytes)) {
    if (pid !== 0 && pid !== pmtPid) continue
    const reader = tables.get(pid) ?? new TableReader()
    tables.set(pid, reader)
    const section = reader.push(payload, isUnitStart)
    if (section === null) continue
    if (pid === 0) pmtPid ??= firstProgramPid(section)
    else if (section[0] === 0x02) return programOf(section)
  }
  return null
}

/** Puts a table together that may span packets. */
class TableReader {
  #bytes: number[] | null = null

  push(payload: Uint8Array, isUnitStart: boolean): Uint8Array | null {
    if (isUnitStart) this.#bytes = [...payload.subarray(1 + (payload[0] ?? 0))]
    else if (this.#bytes !== null) this.#bytes.push(...payload)
    const bytes = this.#bytes
    if (bytes === null || bytes.length < 3) return null
    const end = 3 + ((((bytes[1] ?? 0) & 0x0f) << 8) | (bytes[2] ?? 0))
    if (bytes.length < end) return null
    this.#bytes = null
    return Uint8Array.from(bytes.slice(0, end))
  }
}

const pidAt = (section: Uint8Array, at: number): number =>
  (((section[at] ?? 0) & 0x1f) << 8) | (section[at + 1] ?? 0)

/** Sections end with four bytes of CRC. */
function firstProgramPid(section: Uint8Array): number | null {
  if (section[0] !== 0x00) return null
  for (let at = 8; at + 4 <= section.length - 4; at += 4) {
    const isNetwork = section[at] === 0 && section[at + 1] === 0
    if (!isNetwork) return pidAt(section, at + 2)
  }
  return null
}

function programOf(section: Uint8Array): TsProgram {
  const streams: TsStream[] = []
  const lengthAt = (at: number): number => (((section[at] ?? 0) & 0x0f) << 8) | (section[at + 1] ?? 0)
  for (let at = 12 + lengthAt(10); at + 5 <= section.length - 4; at += 5 + lengthAt(at + 3))
    streams.push({ type: section[at] ?? 0, pid: pidAt(section, at + 1) })
  return {
    pcrPid: pidAt(section, 8),
    streams,
    video: streams.find(({ type }) => videoStreamTypes.has(type)) ?? null,
    aac: streams.find(({ type }) => type === adtsStreamType) ?? null,
  }
}
