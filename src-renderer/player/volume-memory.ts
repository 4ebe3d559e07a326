import type { CoreCalls } from './core-calls.ts'
import type { PlayerStore } from './player-store.ts'

const settleMs = 500

/** Volume and mute, remembered by the core; written once the slider rests. */
export interface VolumeMemory {
  /** Reads what is remembered into the store. */
  recall(signal: AbortSignal): Promise<void>
  keep(): void
  dispose(): void
}

export function createVolumeMemory(core: CoreCalls, store: PlayerStore): VolumeMemory {
  let timer: ReturnType<typeof setTimeout> | undefined
  const write = (): void => {
    timer = undefined
    const { volume, isMuted } = store.getState()
    // Not worth a message: the sound is right here and now.
    void core.call('settings.set', { volume, isMuted }).catch(() => undefined)
  }
  return {
    async recall(signal) {
      try {
        const { volume, isMuted } = await core.call('settings.get', {}, signal)
        store.setState({ volume: Math.min(1, Math.max(0, volume)), isMuted })
      } catch {
        // Full volume is a fair start.
      }
    },
    keep() {
      clearTimeout(timer)
      timer = setTimeout(write, settleMs)
    },
    dispose() {
      if (timer === undefined) return
      clearTimeout(timer)
      write()
    },
  }
}
