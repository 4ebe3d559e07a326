import type { ErrorCode, Quality } from '../../src-preload/contract/index.ts'

/**
 * What the player is doing, as one word. `wantsPlay` is the person's wish: it survives loading, seeking and switching, so that each of
 * them ends in `playing` or `paused` as it began.
 */
export type PlayState =
  | { readonly phase: 'idle' }
  | { readonly phase: 'loading'; readonly wantsPlay: boolean }
  | { readonly phase: 'playing' }
  | { readonly phase: 'paused' }
  | { readonly phase: 'buffering' }
  | { readonly phase: 'seeking'; readonly wantsPlay: boolean }
  | { readonly phase: 'switching'; readonly wantsPlay: boolean; readonly to: SwitchTarget }
  | { readonly phase: 'ended' }
  | { readonly phase: 'failed'; readonly code: ErrorCode; readonly sentence: string }

export type Phase = PlayState['phase']

/** A quality to change to; `automatic` leaves the choice to the planner. */
export type SwitchTarget = Quality | 'automatic'

export type PlayEvent =
  /** A title, part or quality is being opened from nothing. */
  | { readonly type: 'opened'; readonly wantsPlay: boolean }
  /** The first picture of what was opened can be shown. */
  | { readonly type: 'ready' }
  | { readonly type: 'playAsked' }
  | { readonly type: 'pauseAsked' }
  /** The media element ran out of data. */
  | { readonly type: 'starved' }
  /** The media element moves again. */
  | { readonly type: 'fed' }
  | { readonly type: 'seekAsked' }
  | { readonly type: 'sought' }
  | { readonly type: 'switchAsked'; readonly to: SwitchTarget }
  | { readonly type: 'switched' }
  /** The old quality goes on. */
  | { readonly type: 'switchFailed' }
  | { readonly type: 'ended' }
  | { readonly type: 'failed'; readonly code: ErrorCode; readonly sentence: string }
  | { readonly type: 'closed' }

export const idle: PlayState = { phase: 'idle' }

const resting = (wantsPlay: boolean): PlayState => (wantsPlay ? { phase: 'playing' } : { phase: 'paused' })

/** Whether the person wants the picture to move. */
export function wantsPlay(state: PlayState): boolean {
  switch (state.phase) {
    case 'playing':
    case 'buffering':
      return true
    case 'loading':
    case 'seeking':
    case 'switching':
      return state.wantsPlay
    case 'idle':
    case 'paused':
    case 'ended':
    case 'failed':
      return false
  }
}

/**
 * The player's state machine. Total: an event that means nothing in a state leaves it as it is (the same object), because media elements
 * report late.
 */
export function reduce(state: PlayState, event: PlayEvent): PlayState {
  switch (event.type) {
    case 'opened':
      return { phase: 'loading', wantsPlay: event.wantsPlay }
    case 'closed':
      return idle
    case 'failed':
      return state.phase === 'idle' ? state : { phase: 'failed', code: event.code, sentence: event.sentence }
    case 'ready':
      return state.phase === 'loading' ? resting(state.wantsPlay) : state
    case 'playAsked':
      return setWish(state, true)
    case 'pauseAsked':
      return setWish(state, false)
    case 'starved':
      return state.phase === 'playing' ? { phase: 'buffering' } : state
    case 'fed':
      return state.phase === 'buffering' ? { phase: 'playing' } : state
    case 'seekAsked':
      return seek(state)
    case 'sought':
      return state.phase === 'seeking' ? resting(state.wantsPlay) : state
    case 'switchAsked':
      // Nothing has played yet in `loading` and nothing can in `failed`: there the quality is opened anew instead.
      return canSwitch(state)
        ? { phase: 'switching', wantsPlay: state.phase === 'ended' ? true : wantsPlay(state), to: event.to }
        : state
    case 'switched':
    case 'switchFailed':
      return state.phase === 'switching' ? resting(state.wantsPlay) : state
    case 'ended':
      return canSwitch(state) && state.phase !== 'ended' ? { phase: 'ended' } : state
  }
}

/** Only what already plays can be switched; anything else is opened in the wanted quality. */
export function canSwitch(state: PlayState): boolean {
  return state.phase !== 'idle' && state.phase !== 'loading' && state.phase !== 'failed'
}

function setWish(state: PlayState, wish: boolean): PlayState {
  switch (state.phase) {
    case 'loading':
    case 'seeking':
    case 'switching':
      return state.wantsPlay === wish ? state : { ...state, wantsPlay: wish }
    case 'paused':
      return wish ? { phase: 'playing' } : state
    case 'playing':
    case 'buffering':
      return wish ? state : { phase: 'paused' }
    case 'ended':
      // From the start again: the engine seeks to 0.
      return wish ? { phase: 'seeking', wantsPlay: true } : state
    case 'idle':
    case 'failed':
      return state
  }
}

function seek(state: PlayState): PlayState {
  switch (state.phase) {
    case 'playing':
    case 'buffering':
      return { phase: 'seeking', wantsPlay: true }
    case 'paused':
      return { phase: 'seeking', wantsPlay: false }
    case 'ended':
      return { phase: 'seeking', wantsPlay: true }
    // The engine starts the waiting element at the new place; there is one end to wait for, not two.
    case 'switching':
    case 'loading':
    case 'seeking':
    case 'idle':
    case 'failed':
      return state
  }
}
