import i18next from 'i18next'
import type { ChosenTracks } from '../../src-preload/contract/index.ts'
import type { CoreCalls } from './core-calls.ts'
import type { DeckSlot } from './deck-slot.ts'
import type { SwitchTarget } from './player-state.ts'
import type { PlayerStore } from './player-store.ts'
import { plainAudio, splitQuality, targetFor } from './quality-tracks.ts'

/** Sound and subtitles: chosen, kept through changes of quality, and remembered for the next start. */
export interface TrackChoice {
  /** For a title that is about to be opened: what the wish names, else what was chosen the last time. Answers with the wish alone. */
  begin(target: SwitchTarget): SwitchTarget
  /** For a quality that a person picked: one with tracks in its name brings them; Original brings its own. Answers with the wish alone. */
  fitTo(target: SwitchTarget): SwitchTarget
  choose(next: ChosenTracks): void
}

const plain: ChosenTracks = { audioId: null, subtitleId: null }

export function createTrackChoice(
  core: CoreCalls,
  store: PlayerStore,
  slot: DeckSlot,
  change: (target: SwitchTarget) => void,
): TrackChoice {
  const { getState, setState, say } = store
  const now = (): ChosenTracks => {
    const { audioId, subtitleId } = getState()
    return { audioId, subtitleId }
  }

  const remember = (): void => {
    const { item, part } = getState()
    if (item === null || part === null) return
    const ids = { sourceId: item.sourceId, mediaId: part.mediaId }
    // Not remembered is not worth a word: what plays is as it was asked for.
    core.call('playback.setTracks', { ...ids, ...now() }).catch(() => undefined)
  }

  /** The tracks that a quality's name speaks of; null when it speaks of none. */
  const namedIn = (target: SwitchTarget): ChosenTracks | null => {
    if (target === 'automatic') return null
    const { audioId, burnedId } = splitQuality(target)
    return audioId === null && burnedId === null
      ? null
      : { audioId, subtitleId: burnedId ?? now().subtitleId }
  }
  const wishIn = (target: SwitchTarget): SwitchTarget =>
    target === 'automatic' ? target : splitQuality(target).base

  return {
    begin(target) {
      setState(getState().part?.chosen ?? plain)
      setState(namedIn(target) ?? {})
      return wishIn(target)
    },

    fitTo(target) {
      const { part } = getState()
      const wish = wishIn(target)
      const isOther = wish === 'original' && targetFor(part, wish, now()) !== wish
      const next = namedIn(target) ?? (isOther ? plain : null)
      if (next !== null) {
        setState(next)
        slot.applySubtitles()
        remember()
      }
      return wish
    },

    choose(next) {
      const { part, wish, stream } = getState()
      const audioId = next.audioId === plainAudio(part)?.streamId ? null : next.audioId
      const playing = stream?.quality ?? null
      const before = targetFor(part, wish, now(), playing)
      const after = targetFor(part, wish, { ...next, audioId }, playing)
      if (after === null) return say(i18next.t('player.notice.noServerTrack'), true)
      setState({ ...next, audioId })
      slot.applySubtitles()
      remember()
      if (after !== before) change(wish)
    },
  }
}
