import i18next from 'i18next'
import type { Item, MediaPart, Quality, Stream } from '../../src-preload/contract/index.ts'
import { type CoreCalls, isAbort, toFailure } from './core-calls.ts'
import { createDeck } from './create-deck.ts'
import { bindVideo } from './deck-events.ts'
import { type Deck, DeckError, createVideo } from './deck.ts'
import { watchDecoding } from './decode-watch.ts'
import { createPlaybackReporter } from './playback-reporter.ts'
import { type SwitchTarget, canSwitch, wantsPlay } from './player-state.ts'
import { type PlayerStore, createPlayerStore, optionOf } from './player-store.ts'
import { bestRung } from './quality-menu-model.ts'
import { prepareSwitch } from './quality-switch.ts'
import { cannotPlaySentence } from './silence-check.ts'
import { watchStats } from './stats-watch.ts'
import { type SubtitleTrack, createSubtitleTrack } from './subtitle-track.ts'
import { createVolumeMemory } from './volume-memory.ts'

/** What to play, how, and from where on. */
export interface OpenRequest {
  readonly item: Item
  readonly part: MediaPart
  readonly sourceName: string
  readonly target: SwitchTarget
  /** Null: where it was left. */
  readonly positionMs: number | null
}

/** The player, without a face. Everything it does shows in `store`. */
export interface Player {
  readonly store: PlayerStore
  /** Holds the media elements; put it where the picture belongs. */
  readonly stage: HTMLElement
  open(request: OpenRequest): void
  /** Answers "Play here instead?" with yes, also after another window took over. */
  takeOver(): void
  /** The same title with fresher facts about its qualities. */
  refresh(item: Item, part: MediaPart, sourceName: string): void
  play(): void
  pause(): void
  togglePlay(): void
  seekTo(ms: number): void
  seekBy(ms: number): void
  stepFrame(direction: 1 | -1): void
  switchTo(target: SwitchTarget): void
  /** Opens the same quality again where it stopped. */
  retry(): void
  setVolume(volume: number): void
  setMuted(isMuted: boolean): void
  setRate(rate: number): void
  showSubtitles(streamId: string | null): void
  togglePip(): Promise<void>
  /** The element in use, for figures of the moment. */
  video(): HTMLVideoElement | null
  /** The page is going: tells the core while it can. */
  leave(): void
  dispose(): void
}

/** Resuming in the last moments would end at once. */
const tailMs = 3000
const frameSeconds = 1 / 24

export function createPlayer(core: CoreCalls): Player {
  const host = document.createElement('div')
  const store = createPlayerStore()
  const { dispatch, getState, setState, say } = store
  let request: OpenRequest | null = null
  let opening = new AbortController()
  let switching: AbortController | null = null
  let deck: Deck | null = null
  let deckLife = new AbortController()
  let subtitles: SubtitleTrack | null = null
  let seekWhenReadyMs: number | null = null
  const life = new AbortController()

  const volumeMemory = createVolumeMemory(core, store)
  const reporter = createPlaybackReporter(
    core,
    () => ({ positionMs: getState().positionMs, quality: getState().stream?.quality ?? null }),
    () => {
      player.pause()
      deck?.stopLoading()
      setState({ isElsewhere: true })
    },
  )
  const stopStats = watchStats(core, store, () => keyOf(getState().stream?.quality))
  const unsubscribe = store.subscribe((now, before) => {
    if (now.play !== before.play) reporter.update(now.play)
  })
  const ticking = setInterval(() => reporter.tick(), 1000)

  const keyOf = (quality: Quality | undefined) =>
    request === null || quality === undefined
      ? null
      : { sourceId: request.item.sourceId, mediaId: request.part.mediaId, quality }

  const labelOf = (target: SwitchTarget): string =>
    target === 'automatic'
      ? i18next.t('player.menu.automatic')
      : (optionOf(getState().part, target)?.label ?? target)

  const getStream = (target: SwitchTarget, signal: AbortSignal): Promise<Stream> => {
    if (request === null) return Promise.reject(new Error('nothing is open'))
    const ids = { sourceId: request.item.sourceId, mediaId: request.part.mediaId }
    return target === 'automatic'
      ? core.call('cache.getCachedStream', ids, signal)
      : core.call('cache.getCachedStreamWithQuality', { ...ids, quality: target }, signal)
  }

  const fail = (error: unknown): void => {
    if (isAbort(error)) return
    const { code, sentence, details } = toFailure(error)
    setState({ failureDetails: details })
    dispatch({ type: 'failed', code, sentence })
  }

  const start = async (video: HTMLVideoElement): Promise<void> => {
    try {
      await video.play()
      setState({ needsGesture: false })
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== 'NotAllowedError') return
      setState({ needsGesture: true })
      dispatch({ type: 'pauseAsked' })
    }
  }

  /** Makes a deck the one that is seen and heard. */
  const adopt = (next: Deck): void => {
    deckLife.abort()
    deckLife = new AbortController()
    const { video, stream } = next
    const { volume, isMuted, rate } = getState()
    video.volume = volume
    video.muted = isMuted
    video.playbackRate = rate
    delete video.dataset['standby']
    video.dataset['testid'] = 'video'
    deck = next
    setState({ stream, stats: null })
    bindVideo(video, store, deckLife.signal)
    watchDecoding(video, expectsAudio, cannotDecode, deckLife.signal)
    subtitles?.destroy()
    subtitles = createSubtitleTrack(video, (cues) => setState({ cues }))
    applySubtitles()
  }

  const expectsAudio = (): boolean => request?.part.tracks.some(({ kind }) => kind === 'audio') ?? false

  const cannotDecode = (verdict: 'no-picture' | 'no-sound'): void => {
    const audio = request?.part.tracks.find(({ kind, isDefault }) => kind === 'audio' && isDefault)
    const picture = optionOf(getState().part, getState().stream?.quality)?.detail ?? ''
    const codec =
      verdict === 'no-sound' ? (audio?.codec ?? null) : (/HEVC|MPEG-2|VC-1|AV1/i.exec(picture)?.[0] ?? null)
    fallBack(cannotPlaySentence(verdict, codec))
  }

  /** Goes to the best rung by itself and says so; false when there is none. */
  const fallBack = (reason: string): boolean => {
    const { part, stream } = getState()
    const best = part === null || stream?.quality !== 'original' ? null : bestRung(part.qualities)
    if (best === null) {
      say(i18next.t('player.notice.cannotPlay', { reason }), true)
      return false
    }
    const place = i18next.t(best.complete ? 'player.from.here' : 'player.notice.theServer')
    const text = i18next.t('player.notice.fellBack', { reason, label: best.label, place })
    void changeQuality(best.quality, { said: text, isByItself: true })
    return true
  }

  const onDeckTrouble = (from: Deck, error: DeckError): void => {
    // While a switch is under way the old deck may die of it: the new one decides.
    if (from !== deck || switching !== null) return
    if (error.code === 'unplayable' && fallBack(i18next.t('player.cannotDecode.unplayable'))) return
    fail(error)
  }

  const dropDeck = (): void => {
    deckLife.abort()
    subtitles?.destroy()
    subtitles = null
    deck?.destroy()
    deck = null
  }

  /** Begins from nothing: at opening, after a failure, or before anything was ready. */
  const load = async (target: SwitchTarget, atMs: number, wish: boolean): Promise<void> => {
    opening.abort()
    opening = new AbortController()
    const { signal } = opening
    switching?.abort()
    switching = null
    dropDeck()
    dispatch({ type: 'opened', wantsPlay: wish })
    setState({ positionMs: atMs, isAutomatic: target === 'automatic', failureDetails: null, buffered: [] })
    try {
      const stream = await getStream(target, signal)
      const next: Deck = createDeck({
        video: createVideo(host),
        stream,
        startMs: atMs,
        onTrouble: (trouble) => onDeckTrouble(next, new DeckError(trouble)),
      })
      adopt(next)
      await next.ready
      signal.throwIfAborted()
      const wish = wantsPlay(getState().play)
      dispatch({ type: 'ready' })
      if (seekWhenReadyMs !== null) player.seekTo(seekWhenReadyMs)
      seekWhenReadyMs = null
      if (wish) await start(next.video)
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof DeckError && error.code === 'unplayable') {
        const best =
          getState().stream?.quality === 'original' ? bestRung(getState().part?.qualities ?? []) : null
        if (best !== null) {
          say(
            i18next.t('player.notice.fellBack', {
              reason: i18next.t('player.cannotDecode.unplayable'),
              label: best.label,
              place: i18next.t(best.complete ? 'player.from.here' : 'player.notice.theServer'),
            }),
          )
          void load(best.quality, atMs, wantsPlay(getState().play))
          return
        }
      }
      fail(error)
    }
  }

  const changeQuality = async (
    target: SwitchTarget,
    how: { readonly atMs?: number; readonly said?: string; readonly isByItself?: boolean } = {},
  ): Promise<void> => {
    const { play, positionMs } = getState()
    const old = deck
    if (old === null || !canSwitch(play)) {
      await load(target, how.atMs ?? positionMs, play.phase === 'failed' || wantsPlay(play))
      return
    }
    switching?.abort()
    const own = new AbortController()
    switching = own
    const oldLabel = labelOf(old.stream.quality)
    const wasEnded = play.phase === 'ended'
    dispatch({ type: 'switchAsked', to: target })
    if (how.said === undefined) say(i18next.t('player.notice.switching', { label: labelOf(target) }))
    else say(how.said)
    try {
      const done = await prepareSwitch(
        {
          host,
          old,
          getStream: (signal) => getStream(target, signal),
          atMs: wasEnded ? 0 : (how.atMs ?? null),
          wantsPlay: () => wantsPlay(getState().play),
          volume: getState().volume,
          rate: getState().rate,
          onTrouble: onDeckTrouble,
        },
        own.signal,
      )
      switching = null
      if (how.isByItself !== true) setState({ isAutomatic: target === 'automatic' })
      if (done.result === 'same') {
        old.startLoading()
        dispatch({ type: 'switched' })
        say(i18next.t('player.notice.alreadyPlaying', { label: oldLabel }))
        return
      }
      const hadPip = document.pictureInPictureElement === old.video
      adopt(done.deck)
      if (hadPip) void done.deck.video.requestPictureInPicture().catch(() => undefined)
      old.destroy()
      if (!wantsPlay(getState().play)) done.deck.video.pause()
      setState({ positionMs: done.deck.video.currentTime * 1000 })
      dispatch({ type: 'switched' })
      const label = labelOf(done.deck.stream.quality)
      if (how.said === undefined)
        say(
          i18next.t(target === 'automatic' ? 'player.notice.playingAutomatic' : 'player.notice.playing', {
            label,
          }),
        )
    } catch (error) {
      if (own.signal.aborted) return
      switching = null
      const { sentence } = toFailure(error)
      old.startLoading()
      if (how.atMs !== undefined) old.video.currentTime = how.atMs / 1000
      if (wantsPlay(getState().play)) void start(old.video)
      dispatch({ type: 'switchFailed' })
      say(
        i18next.t('player.notice.switchFailed', { label: labelOf(target), reason: sentence, old: oldLabel }),
        true,
      )
    }
  }

  const applySubtitles = (): void => {
    const { subtitleId, part } = getState()
    subtitles?.show(part?.tracks.find(({ streamId }) => streamId === subtitleId) ?? null)
  }

  const beginPlayback = async (takeOver: boolean): Promise<void> => {
    if (request === null) return
    const { item, part, target, positionMs } = request
    opening.abort()
    opening = new AbortController()
    const { signal } = opening
    try {
      const ref = { sourceId: item.sourceId, ratingKey: item.ratingKey, mediaId: part.mediaId }
      const [opened] = await Promise.all([reporter.open(ref, takeOver, signal), volumeMemory.recall(signal)])
      if (opened.result === 'busy') {
        setState({ busyWith: opened.title })
        return
      }
      setState({ busyWith: null, isElsewhere: false })
      const from = positionMs ?? opened.positionMs
      await load(target, from > part.durationMs - tailMs ? 0 : Math.max(0, from), true)
    } catch (error) {
      if (signal.aborted) return
      dispatch({ type: 'opened', wantsPlay: true })
      fail(error)
    }
  }

  const player: Player = {
    store,
    stage: host,
    open(next) {
      reporter.stop()
      switching?.abort()
      switching = null
      dropDeck()
      dispatch({ type: 'closed' })
      request = next
      setState({
        item: next.item,
        part: next.part,
        sourceName: next.sourceName,
        stream: null,
        durationMs: next.part.durationMs,
        positionMs: 0,
        busyWith: null,
        isElsewhere: false,
      })
      void beginPlayback(false)
    },
    takeOver() {
      if (request === null) return
      const { isElsewhere, positionMs } = getState()
      if (!isElsewhere || deck === null) {
        void beginPlayback(true)
        return
      }
      const ref = {
        sourceId: request.item.sourceId,
        ratingKey: request.item.ratingKey,
        mediaId: request.part.mediaId,
      }
      void reporter.open(ref, true, life.signal).then(() => {
        setState({ isElsewhere: false, positionMs })
        deck?.startLoading()
        player.play()
      }, fail)
    },
    refresh(item, part, sourceName) {
      if (request === null || request.part.mediaId !== part.mediaId) return
      request = { ...request, item, part, sourceName }
      setState({ item, part, sourceName })
    },
    play() {
      const { play, isElsewhere } = getState()
      if (isElsewhere) {
        player.takeOver()
        return
      }
      if (play.phase === 'failed') {
        player.retry()
        return
      }
      dispatch({ type: 'playAsked' })
      if (deck === null || play.phase === 'loading') return
      if (play.phase === 'ended') {
        deck.video.currentTime = 0
        setState({ positionMs: 0 })
      }
      void start(deck.video)
    },
    pause() {
      dispatch({ type: 'pauseAsked' })
      deck?.video.pause()
    },
    togglePlay() {
      if (wantsPlay(getState().play)) player.pause()
      else player.play()
    },
    seekTo(ms) {
      const { play, durationMs } = getState()
      const atMs = Math.min(Math.max(0, ms), Math.max(0, durationMs - 50))
      if (play.phase === 'loading') {
        seekWhenReadyMs = atMs
        setState({ positionMs: atMs })
        return
      }
      if (deck === null || !canSwitch(play)) return
      setState({ positionMs: atMs })
      if (play.phase === 'switching') {
        setState({ isStill: true })
        deck.video.pause()
        void changeQuality(play.to, { atMs })
        return
      }
      dispatch({ type: 'seekAsked' })
      deck.video.currentTime = atMs / 1000
      if (play.phase === 'ended') void start(deck.video)
    },
    seekBy(ms) {
      player.seekTo(getState().positionMs + ms)
    },
    stepFrame(direction) {
      if (deck === null) return
      player.pause()
      player.seekBy(direction * frameSeconds * 1000)
    },
    switchTo(target) {
      void changeQuality(target)
    },
    retry() {
      const { isAutomatic, stream, positionMs } = getState()
      const target = isAutomatic ? 'automatic' : (stream?.quality ?? request?.target ?? 'automatic')
      void load(target, positionMs, true)
    },
    setVolume(volume) {
      const next = Math.min(1, Math.max(0, Math.round(volume * 100) / 100))
      setState({ volume: next, isMuted: next === 0 ? getState().isMuted : false })
      applyVolume()
    },
    setMuted(isMuted) {
      setState({ isMuted, ...(getState().volume === 0 && !isMuted ? { volume: 0.5 } : {}) })
      applyVolume()
    },
    setRate(rate) {
      setState({ rate })
      if (deck !== null) deck.video.playbackRate = rate
    },
    showSubtitles(streamId) {
      setState({ subtitleId: streamId })
      applySubtitles()
    },
    async togglePip() {
      if (document.pictureInPictureElement !== null) await document.exitPictureInPicture()
      else if (deck !== null) await deck.video.requestPictureInPicture()
    },
    video: () => deck?.video ?? null,
    leave() {
      volumeMemory.dispose()
      reporter.stop()
    },
    dispose() {
      life.abort()
      opening.abort()
      switching?.abort()
      clearInterval(ticking)
      stopStats()
      unsubscribe()
      player.leave()
      reporter.dispose()
      dropDeck()
      dispatch({ type: 'closed' })
    },
  }

  const applyVolume = (): void => {
    const { volume, isMuted } = getState()
    if (deck !== null) {
      deck.video.volume = volume
      deck.video.muted = isMuted
    }
    volumeMemory.keep()
  }

  return player
}
