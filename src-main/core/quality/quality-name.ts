import { asQuality, type Quality } from '../../../src-preload/contract/index.ts'
import { ladder, type Rung } from './ladder.ts'

export const original: Quality = asQuality('original')

const aliases: Readonly<Record<string, string>> = {
  '2160p': '2160p-20000k',
  '1080p': '1080p-8000k',
  '720p': '720p-4000k',
  '480p': '480p-1500k',
  '360p': '360p-720k',
}

const rungsByName: ReadonlyMap<string, Rung> = new Map(ladder.map((step) => [step.name as string, step]))

/** A quality name taken apart. `rung` is null for Original. */
export interface ParsedQuality {
  /** The canonical name, suffixes included. */
  readonly quality: Quality
  readonly rung: Rung | null
  /** Another audio track than the default one. */
  readonly audioStreamId: string | null
  /** Subtitles drawn into the picture. */
  readonly burnedSubtitleId: string | null
}

const pattern = /^(?<base>[a-z0-9-]+?)(?:\.a(?<audio>\d{1,15}))?(?:\.s(?<subtitle>\d{1,15}))?$/

/** Takes canonical names and aliases; null when it is neither. Original takes no suffix: its tracks are all inside. */
export function parseQuality(name: string): ParsedQuality | null {
  const groups = pattern.exec(name)?.groups
  if (!groups) return null
  const base = groups['base'] ?? ''
  const audioStreamId = groups['audio'] ?? null
  const burnedSubtitleId = groups['subtitle'] ?? null
  if (base === 'original') {
    if (audioStreamId !== null || burnedSubtitleId !== null) return null
    return { quality: original, rung: null, audioStreamId, burnedSubtitleId }
  }
  const rung = rungsByName.get(Object.hasOwn(aliases, base) ? (aliases[base] ?? base) : base)
  if (!rung) return null
  const suffix =
    (audioStreamId === null ? '' : `.a${audioStreamId}`) +
    (burnedSubtitleId === null ? '' : `.s${burnedSubtitleId}`)
  return { quality: asQuality(rung.name + suffix), rung, audioStreamId, burnedSubtitleId }
}
