/** Seconds that an element holds from `atSeconds` on without a gap; 0 when it does not hold that moment. */
export function bufferedAheadSeconds(
  buffered: Pick<TimeRanges, 'length' | 'start' | 'end'>,
  atSeconds: number,
): number {
  for (let i = 0; i < buffered.length; i++) {
    // Ranges begin at the first picture's own time, which may be a few frames after the place asked for.
    if (buffered.start(i) <= atSeconds + 0.1 && atSeconds < buffered.end(i))
      return buffered.end(i) - atSeconds
  }
  return 0
}
