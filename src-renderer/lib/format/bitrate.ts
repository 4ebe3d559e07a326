/** `12.4 Mbps`, `8 Mbps`, `720 kbps`. */
export function formatBitrate(bitrateKbps: number): string {
  if (bitrateKbps < 1000) return `${Math.round(bitrateKbps)} kbps`
  const mbps = bitrateKbps / 1000
  return `${mbps >= 100 ? Math.round(mbps) : Math.round(mbps * 10) / 10} Mbps`
}
