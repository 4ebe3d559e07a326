/** One quality of a title in a multivariant playlist. */
export interface Variant {
  /** Of its own playlist, seen from this one. */
  readonly uri: string
  /** Picture and sound together. */
  readonly bitrateKbps: number
  /** Null when the picture's shape is not known. */
  readonly size: { readonly width: number; readonly height: number } | null
}

/**
 * All qualities of a title in one playlist, low to high as given (RFC 8216, 4.3.4.2). Their bandwidths differ by a bit each where the rates
 * are the same: players take variants of one bandwidth for copies of each other, and these may differ in sound.
 */
export function writeMultivariant(variants: readonly Variant[]): string {
  const lines = ['#EXTM3U', '#EXT-X-INDEPENDENT-SEGMENTS']
  let last = 0
  for (const { uri, bitrateKbps, size } of variants) {
    last = Math.max(bitrateKbps * 1000, last + 1)
    const resolution = size === null ? '' : `,RESOLUTION=${size.width}x${size.height}`
    lines.push(`#EXT-X-STREAM-INF:BANDWIDTH=${last}${resolution}`, uri)
  }
  return [...lines, ''].join('\n')
}
