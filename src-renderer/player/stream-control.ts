import i18next from 'i18next'
import {
  type ChosenTracks,
  type MediaId,
  type SourceId,
  type Stream,
} from '../../src-preload/contract/index.ts'
import { type CoreCalls, isAbort, toFailure } from './core-calls.ts'
import { createDeck } from './create-deck.ts'
import type { DeckSlot } from './deck-slot.ts'
import { type Deck, DeckError, type Rungs, createVideo } from './deck.ts'
import type { OpenRequest } from './player.ts'
import { type SwitchTarget, canSwitch, wantsPlay } from './player-state.ts'
import type { PlayerSnapshot, PlayerStore } from './player-store.ts'
import { labelOfQuality, splitQuality, targetFor, tracksPlaying } from './quality-tracks.ts'
import { createFallBacks } from './fall-backs.ts'
import { createStandBy } from './stand-by.ts'
import { prepareSwitch } from './quality-switch.ts'
import { SwitchGivenUp, switchRung } from './rung-switch.ts'
import { startVideo } from './start-video.ts'

/** How a quality change came about. */
export interface ChangeReason {
  /** Where to go on; left out: wherever the old quality is by then. */
  readonly atMs?: number
  /** The player decided by itself, and says this. */
  readonly said?: string
}

/** Brings streams into the slot: from nothing, or beside one that plays. One thing at a time; the newest wish wins. */
export interface StreamControl {
  /** `isAutomatic`: whose choice it is; left out, the target says. */
  load(target: SwitchTarget, atMs: number, wish: boolean, isAutomatic?: boolean): Promise<void>
  change(target: SwitchTarget, reason?: ChangeReason): Promise<void>
  /** Goes to the next best quality because the present one shows or sounds nothing, and says why; false when there is none. */
  fallBack(reason: string): boolean
  /** Whether the server answers has changed. */
  sourceChanged(isOnline: boolean): void
  fail(error: unknown): void
  abort(): void
}

const wishOf = (
  target: SwitchTarget,
  isAutomatic = target === 'automatic',
): Pick<PlayerSnapshot, 'isAutomatic' | 'wish'> => ({
  isAutomatic,
  wish: isAutomatic || target === 'automatic' ? 'automatic' : splitQuality(target).base,
})

/** Long enough to be worth waiting for, short enough that the change comes while it is remembered. */
const clampReady = (seconds: number): number => Math.min(10, Math.max(2, seconds))

export function createStreamControl(
  core: CoreCalls,
  store: PlayerStore,
  slot: DeckSlot,
  host: HTMLElement,
  requestNow: () => OpenRequest | null,
): StreamControl {
  const { dispatch, getState, setState, say } = store
  let loading = new AbortController()
  let switching: AbortController | null = null
  /** Where the person sought to while a switch was under way. */
  let heldMs: number | undefined
  /** How long a rung took to be ready the last time. */
  let readySeconds = 4
  /** Decks that play no further than what they have. */
  const broken = new WeakSet<Deck>()
  let lastTrouble: unknown = null

  const labelOf = (target: SwitchTarget): string =>
    target === 'automatic' ? i18next.t('player.menu.automatic') : labelOfQuality(getState().part, target)

  const tracksNow = (): ChosenTracks => {
    const { audioId, subtitleId } = getState()
    return { audioId, subtitleId }
  }

  const idsNow = (): { readonly sourceId: SourceId; readonly mediaId: MediaId } => {
    const request = requestNow()
    if (request === null) throw new DOMException('Aborted', 'AbortError')
    return { sourceId: request.item.sourceId, mediaId: request.part.mediaId }
  }

  const getStream = async (target: SwitchTarget, signal: AbortSignal): Promise<Stream> => {
    const ids = idsNow()
    const { part, stream } = getState()
    // Tracks that cannot be had any more are no reason not to play.
    const quality = targetFor(part, target, tracksNow(), stream?.quality) ?? target
    return quality === 'automatic'
      ? core.call('cache.getCachedStream', ids, signal)
      : core.call('cache.getCachedStreamWithQuality', { ...ids, quality }, signal)
  }

  const onTrouble = (deck: Deck, error: DeckError): void => {
    broken.add(deck)
    // While a switch is under way the old deck may die of it: the new one decides.
    if (deck !== slot.deck || switching !== null) return
    if (fallBacks.cure(error, deck.stream.quality)) return
    if (error.code !== 'source-unreachable' && error.code !== 'source-busy') return control.fail(error)
    // There is hope: the picture stands, and goes on by itself when the bytes come again.
    setState({ isStill: true })
    dispatch({ type: 'starved' })
    lastTrouble = error
    standBy.begin()
  }

  const fallBacks = createFallBacks(store, labelOf, (quality, said) => control.change(quality, { said }))

  const standBy = createStandBy({
    attempt: async (signal) => {
      const old = slot.deck
      if (old === null) return false
      const stream = await getStream(old.stream.quality, signal)
      const next = await makeReady(old, stream, getState().positionMs, signal)
      finishSwitch(old, next, stream.quality, { said: '' })
      dispatch({ type: 'sought' })
      if (next.video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA) dispatch({ type: 'fed' })
      return true
    },
    giveUp: () => control.fail(lastTrouble),
  })

  /** An element that has nothing to show yet waits, whatever ended its seek or switch. */
  const noteStarving = (video: HTMLVideoElement): void => {
    if (video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA) dispatch({ type: 'starved' })
  }

  const finishSwitch = (old: Deck, next: Deck, target: SwitchTarget, reason: ChangeReason): void => {
    const hadPip = document.pictureInPictureElement === old.video
    slot.adopt(next)
    // Allowed without a click because one is open already; refused, the picture is simply back in the page.
    if (hadPip) void next.video.requestPictureInPicture().catch(() => undefined)
    old.destroy()
    if (!wantsPlay(getState().play)) next.video.pause()
    setState({ positionMs: next.video.currentTime * 1000 })
    dispatch({ type: 'switched' })
    sayPlaying(next, target, reason)
  }

  const sayPlaying = (deck: Deck, target: SwitchTarget, reason: ChangeReason): void => {
    if (reason.said !== undefined) return
    const key = target === 'automatic' ? 'player.notice.playingAutomatic' : 'player.notice.playing'
    say(i18next.t(key, { label: labelOf(deck.stream.quality) }))
  }

  const finishRung = (deck: Deck, target: SwitchTarget, reason: ChangeReason): void => {
    dispatch({ type: 'switched' })
    if (wantsPlay(getState().play)) void startVideo(deck.video, store)
    sayPlaying(deck, target, reason)
  }

  const finishSame = (deck: Deck): void => {
    deck.holdBack(false)
    if (heldMs !== undefined) deck.video.currentTime = heldMs / 1000
    dispatch({ type: 'switched' })
    say(i18next.t('player.notice.alreadyPlaying', { label: labelOf(deck.stream.quality) }))
  }

  const changeRung = async (deck: Deck, rungs: Rungs, stream: Stream, signal: AbortSignal): Promise<void> => {
    const { sourceId, mediaId } = idsNow()
    const key = { sourceId, mediaId, quality: stream.quality }
    const atMs = heldMs ?? null
    const order = { core, deck, rungs, key, stream, atMs, expectedSeconds: readySeconds }
    readySeconds = clampReady((await switchRung(order, signal)) ?? readySeconds)
  }

  const makeReady = (old: Deck, stream: Stream, atMs: number | null, signal: AbortSignal): Promise<Deck> => {
    const { volume, rate } = getState()
    const wish = (): boolean => wantsPlay(getState().play)
    const order = { host, old, stream, atMs, wantsPlay: wish, volume, rate, onTrouble }
    return prepareSwitch(order, signal)
  }

  const returnToOld = (old: Deck, target: SwitchTarget, error: unknown): void => {
    old.holdBack(false)
    if (heldMs !== undefined) old.video.currentTime = heldMs / 1000
    if (wantsPlay(getState().play)) void startVideo(old.video, store)
    dispatch({ type: 'switchFailed' })
    setState(tracksPlaying(getState().part, old.stream.quality, tracksNow()))
    noteStarving(old.video)
    const isGivenUp = error instanceof SwitchGivenUp
    const words = {
      label: labelOf(target),
      reason: isGivenUp ? i18next.t('player.notice.notInTime') : toFailure(error).sentence,
      old: labelOf(old.stream.quality),
    }
    say(i18next.t('player.notice.switchFailed', words), !isGivenUp)
  }

  const control: StreamControl = {
    async load(target, atMs, wish, isAutomatic = target === 'automatic') {
      control.abort()
      if (!fallBacks.isCuring) fallBacks.forget()
      loading = new AbortController()
      const { signal } = loading
      slot.drop()
      dispatch({ type: 'opened', wantsPlay: wish })
      setState({ positionMs: atMs, failureDetails: null, buffered: [] })
      // What stands in for a refused quality is nobody's wish: trying again tries what was asked for.
      if (!fallBacks.isCuring) setState(wishOf(target, isAutomatic))
      try {
        const stream = await getStream(target, signal)
        const deck: Deck = createDeck({
          video: createVideo(host),
          stream,
          startMs: atMs,
          onTrouble: (trouble) => onTrouble(deck, new DeckError(trouble)),
        })
        slot.adopt(deck)
        await deck.ready
        signal.throwIfAborted()
        const soughtMs = getState().positionMs
        const isWanted = wantsPlay(getState().play)
        dispatch({ type: 'ready' })
        if (Math.abs(soughtMs - atMs) > 500) deck.video.currentTime = soughtMs / 1000
        if (isWanted) await startVideo(deck.video, store)
      } catch (error) {
        if (signal.aborted) return
        const { stream } = getState()
        if (error instanceof DeckError && fallBacks.cure(error, stream?.quality ?? null)) return
        control.fail(error)
      }
    },

    async change(target, reason = {}) {
      const { play, positionMs } = getState()
      standBy.stop()
      if (reason.said === undefined) fallBacks.forget()
      const old = slot.deck
      // What a person chooses counts from then on, also where it cannot be had; a seek within a change is no choice.
      const isChoice = reason.said === undefined && reason.atMs === undefined
      if (isChoice) setState(wishOf(target))
      if (old === null || !canSwitch(play)) {
        const wish = play.phase === 'failed' || wantsPlay(play)
        await control.load(target, reason.atMs ?? positionMs, wish, getState().isAutomatic)
        return
      }
      switching?.abort()
      const own = new AbortController()
      switching = own
      heldMs = reason.atMs ?? (play.phase === 'ended' ? 0 : heldMs)
      dispatch({ type: 'switchAsked', to: target })
      // A seek within a change leaves the sentence that says why.
      if (reason.said !== undefined || reason.atMs === undefined)
        say(reason.said ?? i18next.t('player.notice.switching', { label: labelOf(target) }))
      try {
        const stream = await getStream(target, own.signal)
        const { rungs } = old
        const isSame = stream.url === old.stream.url && (rungs === null || rungs.loading === stream.quality)
        if (isSame && reason.atMs === undefined) finishSame(old)
        else if (rungs?.has(stream.quality) === true && stream.kind === 'hls' && !broken.has(old)) {
          await changeRung(old, rungs, stream, own.signal)
          finishRung(old, target, reason)
        } else finishSwitch(old, await makeReady(old, stream, heldMs ?? null, own.signal), target, reason)
        switching = null
        heldMs = undefined
      } catch (error) {
        if (own.signal.aborted) return
        switching = null
        // There is nothing to return to.
        if (!broken.has(old)) returnToOld(old, target, error)
        else if (!fallBacks.cure(error, target === 'automatic' ? null : target)) control.fail(error)
        heldMs = undefined
      }
    },

    fallBack(reason) {
      const failed = getState().stream?.quality ?? null
      if (failed !== null && fallBacks.leave(failed, reason, 'unplayable')) return true
      say(i18next.t('player.notice.cannotPlay', { reason }), true)
      return false
    },

    sourceChanged: (isOnline) => standBy.sourceChanged(isOnline),

    fail(error) {
      if (isAbort(error)) return
      const { code, sentence, details } = toFailure(error)
      setState({ failureDetails: details })
      dispatch({ type: 'failed', code, sentence })
    },

    abort() {
      standBy.stop()
      loading.abort()
      switching?.abort()
      switching = null
      heldMs = undefined
    },
  }
  return control
}
