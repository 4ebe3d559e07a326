import i18next from 'i18next'
import type { CoreCalls } from './core-calls.ts'
import { createDeckSlot } from './deck-slot.ts'
import { automaticNotice } from './automatic-words.ts'
import { DeckError } from './deck.ts'
import { watchFacts } from './facts-watch.ts'
import { createPlaybackReporter } from './playback-reporter.ts'
import type { OpenRequest, Player } from './player.ts'
import { canSwitch, wantsPlay } from './player-state.ts'
import { createPlayerStore, optionOf } from './player-store.ts'
import { splitQuality } from './quality-tracks.ts'
import { cannotPlaySentence } from './silence-check.ts'
import { watchReturn } from './source-return.ts'
import { startVideo } from './start-video.ts'
import { createStreamControl } from './stream-control.ts'
import { createTrackChoice } from './track-choice.ts'
import { createVolumeMemory } from './volume-memory.ts'

/** Resuming in the last moments would end at once. */
const tailMs = 3000
/** Films have 24 pictures a second; finer steps show the same one twice. */
const frameMs = 1000 / 24

/** Puts the player together. One per page; `dispose` ends everything it began. */
export function createPlayer(core: CoreCalls): Player {
  const store = createPlayerStore()
  const { dispatch, getState, setState } = store
  const stage = document.createElement('div')
  const life = new AbortController()
  let opening = new AbortController()
  let request: OpenRequest | null = null

  const slot = createDeckSlot(store, (verdict) => {
    const { part, stream } = getState()
    const audio = part?.tracks.find(({ kind }) => kind === 'audio')
    if (request !== null && stream?.quality === 'original') {
      const missing = verdict === 'no-sound' ? 'sound' : 'picture'
      // It only keeps the next time from the same: nothing here waits for it.
      void core.call('playback.noteUndecodable', { ...idsOf(request), missing }).catch(() => undefined)
    }
    const picture = /HEVC|MPEG-2|VC-1|AV1/i.exec(optionOf(part, stream?.quality)?.detail ?? '')
    const codec = verdict === 'no-sound' ? audio?.codec : picture?.[0]
    streams.fallBack(cannotPlaySentence(verdict, codec ?? null))
  })
  const streams = createStreamControl(core, store, slot, stage, () => request)
  const tracks = createTrackChoice(core, store, slot, (target) => void streams.change(target))
  const volumeMemory = createVolumeMemory(core, store)
  const reporter = createPlaybackReporter(
    core,
    () => ({ positionMs: getState().positionMs, quality: getState().stream?.quality ?? null }),
    (endedBecause) => {
      player.pause()
      slot.deck?.stopLoading()
      if (endedBecause === null) return setState({ isElsewhere: true })
      const words = { source: getState().sourceName, reason: endedBecause }
      const sentence = i18next.t('player.failed.ended', words)
      streams.fail(new DeckError({ code: 'ended-by-server', details: endedBecause, sentence }))
    },
  )
  const endings = [
    watchFacts({
      core,
      store,
      videoNow: () => slot.deck?.video ?? null,
      async onAdvice({ to, why }) {
        const { part, link } = getState()
        await streams.change(to, { said: automaticNotice(optionOf(part, to)?.label ?? to, why, link) })
        const playing = getState().stream?.quality
        return playing !== undefined && splitQuality(playing).base === to
      },
    }),
    watchReturn(
      core,
      store,
      () => player.retry(),
      (isOnline) => streams.sourceChanged(isOnline),
    ),
    store.subscribe((now, before) => {
      if (now.play !== before.play) reporter.update(now.play)
    }),
  ]
  const ticking = setInterval(() => reporter.tick(), 1000)

  const idsOf = ({ item, part }: OpenRequest) => ({ sourceId: item.sourceId, mediaId: part.mediaId })
  const refOf = (of: OpenRequest) => ({ ...idsOf(of), ratingKey: of.item.ratingKey })

  const begin = async (takeOver: boolean): Promise<void> => {
    if (request === null) return
    const { part, target, positionMs } = request
    opening.abort()
    opening = new AbortController()
    const { signal } = opening
    try {
      const [opened] = await Promise.all([
        reporter.open(refOf(request), takeOver, signal),
        volumeMemory.recall(signal),
      ])
      if (opened.result === 'busy') {
        setState({ busyWith: opened.title })
        return
      }
      setState({ busyWith: null, isElsewhere: false })
      const fromMs = positionMs ?? opened.positionMs
      await streams.load(target, fromMs > part.durationMs - tailMs ? 0 : Math.max(0, fromMs), true)
    } catch (error) {
      if (signal.aborted) return
      dispatch({ type: 'opened', wantsPlay: true })
      streams.fail(error)
    }
  }

  const setSound = (sound: { readonly volume?: number; readonly isMuted?: boolean }): void => {
    setState(sound)
    slot.applySound()
    volumeMemory.keep()
  }

  const player: Player = {
    store,
    stage,
    open(next) {
      reporter.stop()
      streams.abort()
      slot.drop()
      dispatch({ type: 'closed' })
      request = next
      const { item, part, sourceName } = next
      setState({ item, part, sourceName, stream: null, stats: null, advice: null, cues: [] })
      request = { ...next, target: tracks.begin(next.target) }
      setState({ durationMs: part.durationMs, positionMs: 0, busyWith: null, isElsewhere: false })
      void begin(false)
    },
    takeOver() {
      if (request === null) return
      if (slot.deck === null) {
        void begin(true)
        return
      }
      void reporter.open(refOf(request), true, life.signal).then(
        () => {
          setState({ isElsewhere: false })
          slot.deck?.startLoading()
          player.play()
        },
        (error: unknown) => streams.fail(error),
      )
    },
    refresh(item, part, sourceName) {
      if (request === null || request.part.mediaId !== part.mediaId) return
      request = { ...request, item, part, sourceName }
      setState({ item, part, sourceName })
    },
    play() {
      const { play, isElsewhere } = getState()
      if (isElsewhere) return player.takeOver()
      if (play.phase === 'failed') return player.retry()
      dispatch({ type: 'playAsked' })
      if (slot.deck === null || play.phase === 'loading') return
      if (play.phase === 'ended') {
        slot.deck.video.currentTime = 0
        setState({ positionMs: 0 })
      }
      void startVideo(slot.deck.video, store)
    },
    pause() {
      dispatch({ type: 'pauseAsked' })
      slot.deck?.video.pause()
    },
    togglePlay() {
      if (wantsPlay(getState().play)) player.pause()
      else player.play()
    },
    seekTo(ms) {
      const { play, durationMs } = getState()
      const { deck } = slot
      const atMs = Math.min(Math.max(0, ms), Math.max(0, durationMs - 50))
      // What failed at one place may play at another.
      if (play.phase === 'failed') {
        setState({ positionMs: atMs })
        return player.retry()
      }
      // Before the first picture only the wish is noted; it is followed once there is one.
      if (play.phase === 'loading') setState({ positionMs: atMs })
      if (deck === null || !canSwitch(play)) return
      setState({ positionMs: atMs })
      if (play.phase === 'switching') {
        setState({ isStill: true })
        deck.video.pause()
        void streams.change(play.to, { atMs })
        return
      }
      dispatch({ type: 'seekAsked' })
      deck.video.currentTime = atMs / 1000
      if (play.phase === 'ended') void startVideo(deck.video, store)
    },
    seekBy: (ms) => player.seekTo(getState().positionMs + ms),
    stepFrame(direction) {
      player.pause()
      player.seekBy(direction * frameMs)
    },
    switchTo: (target) => void streams.change(tracks.fitTo(target)),
    retry() {
      // What was wished for, not what was tried last in its place.
      const { isAutomatic, stream, wish, positionMs } = getState()
      const chosen = wish === 'automatic' ? (stream?.quality ?? request?.target ?? 'automatic') : wish
      void streams.load(isAutomatic ? 'automatic' : chosen, positionMs, true)
    },
    setVolume(volume) {
      const next = Math.min(1, Math.max(0, Math.round(volume * 100) / 100))
      setSound({ volume: next, ...(next > 0 ? { isMuted: false } : {}) })
    },
    setMuted(isMuted) {
      // Nothing would be heard otherwise.
      setSound({ isMuted, ...(!isMuted && getState().volume === 0 ? { volume: 0.5 } : {}) })
    },
    setRate(rate) {
      setState({ rate })
      slot.applySound()
    },
    chooseAudio: (audioId) => tracks.choose({ audioId, subtitleId: getState().subtitleId }),
    chooseSubtitles: (subtitleId) => tracks.choose({ audioId: getState().audioId, subtitleId }),
    async togglePip() {
      if (document.pictureInPictureElement !== null) await document.exitPictureInPicture()
      else await slot.deck?.video.requestPictureInPicture()
    },
    video: () => slot.deck?.video ?? null,
    leave() {
      volumeMemory.dispose()
      reporter.stop()
    },
    dispose() {
      life.abort()
      opening.abort()
      clearInterval(ticking)
      for (const end of endings) end()
      player.leave()
      reporter.dispose()
      streams.abort()
      slot.drop()
      dispatch({ type: 'closed' })
    },
  }
  return player
}
