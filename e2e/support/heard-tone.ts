import type { Page } from '@playwright/test'

/** The strongest tone below 600 Hz of what the player's element gives to be heard, in Hz; 0 for silence. The demo's films beep higher than that. */
export function heardToneHz(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const video = document.querySelector('[data-testid="player"] video:not([data-standby])') as
      (HTMLVideoElement & { captureStream(): MediaStream }) | null
    const stream = video?.captureStream()
    if (stream === undefined || stream.getAudioTracks().length === 0) return 0
    const context = new AudioContext()
    const analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 })
    context.createMediaStreamSource(stream).connect(analyser)
    const levels = new Float32Array(analyser.frequencyBinCount)
    const look = (): { readonly level: number; readonly at: number } => {
      analyser.getFloatFrequencyData(levels)
      let at = 0
      for (let bin = 0; (bin * context.sampleRate) / analyser.fftSize < 600; bin++)
        if ((levels[bin] ?? -999) > (levels[at] ?? -999)) at = bin
      return { level: levels[at] ?? -999, at }
    }
    try {
      for (let tries = 0; tries < 40; tries++) {
        await new Promise((resolve) => setTimeout(resolve, 100))
        const { level, at } = look()
        if (level > -60) return (at * context.sampleRate) / analyser.fftSize
      }
      return 0
    } finally {
      await context.close()
    }
  })
}
