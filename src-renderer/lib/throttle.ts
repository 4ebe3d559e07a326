/** Runs at once, then at most once per `everyMs`; what comes in between is done at the end of it. */
export function throttle(run: () => void, everyMs: number): { (): void; cancel(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  let isDue = false
  const wait = (): void => {
    timer = setTimeout(() => {
      timer = undefined
      if (!isDue) return
      isDue = false
      run()
      wait()
    }, everyMs)
  }
  const throttled = (): void => {
    if (timer !== undefined) {
      isDue = true
      return
    }
    run()
    wait()
  }
  return Object.assign(throttled, {
    cancel: () => {
      clearTimeout(timer)
      timer = undefined
      isDue = false
    },
  })
}
